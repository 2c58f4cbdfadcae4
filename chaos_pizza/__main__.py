"""`python -m chaos_pizza` is `chaos-pizza`."""

from chaos_pizza.cli.main import main

main()
