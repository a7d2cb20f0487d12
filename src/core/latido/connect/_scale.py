"""How the scores of a survey are to be read, where a vendor does not say it."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from latido.messages import marker

_ = marker("latido")


class Scale(BaseModel):
    """Settings: the ends of a scale and its direction. A connector's own settings extend it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale_min: float
    scale_max: float
    higher_is_better: bool = True

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if self.scale_max <= self.scale_min:
            raise ValueError(_("scale_max must be greater than scale_min."))
        return self
