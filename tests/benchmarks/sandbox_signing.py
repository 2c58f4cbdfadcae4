"""What signing alone takes of a processor, in seconds each: `sandbox_signing.py SIGNATURES`, a program."""

import sys
import time

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

BITS = 2048

key = rsa.generate_private_key(65537, BITS)
signatures = int(sys.argv[1])
text = b"x" * 500  # as long as what a pizza of one item has signed
begun_s = time.process_time()
for _ in range(signatures):
    key.sign(text, padding.PKCS1v15(), SHA256())
print((time.process_time() - begun_s) / signatures)
