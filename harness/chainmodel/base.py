"""What every part of a chain file is: frozen, strict, camelCase in the file."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
"""0x and 40 hexadecimal digits; that they are checksummed is checked for the whole file at once."""

Hash = Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")]
"""0x and 64 hexadecimal digits."""


class Model(BaseModel):
    """A frozen part of a chain file; keys are camelCase there and snake_case here. Further keys are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, alias_generator=to_camel, populate_by_name=True)
