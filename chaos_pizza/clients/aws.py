"""One call to an AWS service, bounded in time; boto3 is imported only here, and its errors become ours here alone."""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer, PizzaError, Refused, TargetError, TimedOut, Unreachable
from chaos_pizza.model.instant import YEARS
from chaos_pizza.redaction import Redactor

_CONNECT_TIMEOUT_S = 3.0
_READ_TIMEOUT_S = 5.0
_REGION = "PIZZA_CLOUDWATCH_REGION"

_REFUSALS: tuple[tuple[set[str], str], ...] = (
    (
        {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"},
        "says that the AWS credentials have expired; log in again, as by `aws sso login`, or set new ones",
    ),
    (
        {
            *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"),
            *("SignatureDoesNotMatch", "InvalidSignatureException", "MissingAuthenticationToken", "OptInRequired"),
            *("MissingAuthenticationTokenException", "IncompleteSignature", "IncompleteSignatureException"),
        },
        f"does not know the AWS credentials; are they whole, and for the region in {_REGION}?",
    ),
    (
        {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"},
        "does not allow {operation}; the policy of these AWS credentials lacks its permission",
    ),
    ({"RequestTimeTooSkewed", "RequestInTheFuture"}, "says that this machine's clock is wrong; set it by NTP"),
    (
        {"ResourceNotFoundException", "ResourceNotFound"},
        "has nothing of the name that {operation} asked for; are name and region right?",
    ),
)
"""What is said of an answer that says no. AWS's own words are left out: they name the account, or quote the request."""
_MALFORMED = {"InvalidParameterException", "InvalidParameterValue", "ValidationError", "ValidationException"}
_TOO_MANY = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}


@dataclass(frozen=True, slots=True)
class AwsAnswer:
    """A complete answer: its `body` as boto3 reads it, between which moments it came, and the service's own date.

    `server_date_at` is the `Date` header (whole seconds), `None` where it has none.
    """

    body: Any = field(repr=False)
    server_date_at: datetime | None
    sent_at: datetime
    received_at: datetime


class AwsService:
    """Calls one AWS service in one region, in threads, by boto3's own endpoint and chain of credentials.

    `who` is what messages call the service. No message holds anything of the credentials, nor what AWS says of them.
    Made without any look at the network; raises `TargetError` where boto3 is missing.
    """

    def __init__(self, service: str, who: str, region: str, clock: Clock, redactor: Redactor) -> None:
        require_boto3()
        self._service = service
        self._region = region
        self._clock = clock
        self._redactor = redactor
        self._lock = threading.Lock()
        self._client: Any = None
        self.who = f"{who} in {redactor.line(region)[:40]}"

    async def call(self, operation: str, **parameters: Any) -> AwsAnswer:
        """Return the answer to an operation, named as boto3 names it: `describe_alarms`.

        Raises `ServiceError` where AWS does not do its part, and `TargetError` for a region that can't be one.
        """
        return await asyncio.to_thread(self._call, operation, parameters)

    def _call(self, operation: str, parameters: dict[str, Any]) -> AwsAnswer:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - an extra
        from botocore.parsers import ResponseParserError  # noqa: PLC0415

        sent_at = self._clock.now()
        try:
            method: Callable[..., Any] = getattr(self._opened(), operation)
            # Opening may have taken long, and the request was not sent before.
            sent_at = self._clock.now()
            body = method(**parameters)
        except ClientError as error:
            raise self._refusal(error.response, operation) from None
        except BotoCoreError as error:
            raise self._failure(type(error).__mro__) from None
        except (
            ResponseParserError,
            ValueError,
            TypeError,
            LookupError,
            ArithmeticError,
            AttributeError,
            RecursionError,
        ):
            # What boto3's parsers make of bytes that are no answer of AWS's.
            raise BadAnswer(f"{self.who} gave an answer that AWS does not give") from None
        return AwsAnswer(body, _date(body), sent_at, self._clock.now())

    def _opened(self) -> Any:
        import boto3.session  # noqa: PLC0415 - an extra, and slow to import
        from botocore.config import Config  # noqa: PLC0415

        with self._lock:
            if self._client is None:
                config = Config(
                    connect_timeout=_CONNECT_TIMEOUT_S,
                    read_timeout=_READ_TIMEOUT_S,
                    retries={"total_max_attempts": 2, "mode": "standard"},
                )
                session = boto3.session.Session(region_name=self._region)
                self._client = session.client(self._service, config=config)
            return self._client

    def _refusal(self, response: Any, operation: str) -> PizzaError:
        """Return our error for an answer that says no."""
        told = response.get("Error", {})
        code = str(told.get("Code", "")).rsplit("#", 1)[-1]
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        for codes, what in _REFUSALS:
            if code in codes:
                return Refused(f"{self.who} {what.format(operation=operation)}")
        if code in _MALFORMED:
            said = self._redactor.line(told.get("Message", ""))[:200]
            return Refused(f"{self.who} can't make sense of {operation}: {said}")
        if code in _TOO_MANY or status == 429:
            return TimedOut(f"{self.who} takes no more requests for now; others ask it too often with this account")
        name = self._redactor.line(code)[:60]
        if 400 <= status < 500:
            return Refused(f"{self.who} refused {operation}: {status} {name}".rstrip())
        return BadAnswer(f"{self.who} answered {status} {name}".rstrip() + f" when asked for {operation}")

    def _failure(self, kinds: tuple[type, ...]) -> PizzaError:
        """Return our error for one of boto3's own; by the names of its classes, since newer versions have more."""
        names = {kind.__name__ for kind in kinds}
        for known, ours, what in _FOREIGN:
            if known & names:
                return ours(f"{self.who} {what}")
        return BadAnswer(f"{self.who} can't be asked: boto3 raised {kinds[0].__name__}")


_FOREIGN: tuple[tuple[set[str], type[PizzaError], str], ...] = (
    (
        {"NoCredentialsError", "PartialCredentialsError", "NoAuthTokenError"},
        Refused,
        "can't be asked without AWS credentials; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    (
        {"UnauthorizedSSOTokenError", "SSOTokenLoadError", "TokenRetrievalError", "SSOError", "LoginError"},
        Refused,
        "can't be asked: the AWS login has expired; log in again, as by `aws sso login`",
    ),
    (
        {"CredentialRetrievalError", "MetadataRetrievalError", "RefreshWithMFAUnsupportedError"},
        Refused,
        "can't be asked: the AWS credentials could not be fetched; do they work with `aws sts get-caller-identity`?",
    ),
    (
        {"ProfileNotFound", "ConfigNotFound", "ConfigParseError", "InvalidConfigError"},
        TargetError,
        "can't be asked: the AWS configuration or the profile in AWS_PROFILE is missing or broken",
    ),
    ({"InvalidRegionError", "NoRegionError"}, TargetError, f"has a region that is none; set {_REGION} right"),
    ({"ConnectTimeoutError", "ReadTimeoutError"}, TimedOut, "did not answer in time"),
    (
        {"EndpointConnectionError", "ProxyConnectionError", "SSLError"},
        Unreachable,
        f"can't be reached; is the region in {_REGION} right, or AWS_ENDPOINT_URL if you set it?",
    ),
    ({"ConnectionError", "HTTPClientError"}, Unreachable, "broke the connection before its answer was complete"),
    ({"ParamValidationError"}, Refused, "can't be asked for what the experiment names: boto3 does not accept it"),
)


def require_boto3() -> None:
    """Raise `TargetError`, which says how to mend it, where boto3 is not installed."""
    try:
        import boto3  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise TargetError(
            "reading CloudWatch needs boto3: run `pip install 'chaostoolkit-pizza[cloudwatch]'`"
        ) from None
    # Their logs name headers, and a header holds a session's token.
    for noisy in ("boto3", "botocore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _date(body: Any) -> datetime | None:
    """Return the `Date` of an answer's headers; `None` where it has none that can be read."""
    metadata = body.get("ResponseMetadata") if isinstance(body, dict) else None
    headers = metadata.get("HTTPHeaders") if isinstance(metadata, dict) else None
    text = headers.get("date") if isinstance(headers, dict) else None
    try:
        at = parsedate_to_datetime(text) if isinstance(text, str) else None
        return at.astimezone(UTC) if at and at.tzinfo and at.year in YEARS else None
    except (ValueError, OverflowError, IndexError):
        return None
