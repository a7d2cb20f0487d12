"""KPIs: what they are, and the engine that computes them over the model layer.

A KPI is a query that returns facts, one row per thing counted, and a fold that makes a figure of them; so the figure,
the drill-down, the segments and the list of what was left out cannot disagree.
"""

from latido.metrics._answer import Answer, Previous
from latido.metrics._asks import Ask
from latido.metrics._change import Change
from latido.metrics._dialects import transpiled
from latido.metrics._effects import Effect
from latido.metrics._engine import Engine
from latido.metrics._explain import ARTICLES, Entry, Explanation, Fact
from latido.metrics._figure import Figure, Number, Reason, Situation
from latido.metrics._folds import Classes, Count, Fold, Formula, Mean, Nps, Quantile, Ratio, Share, Sum, Survival
from latido.metrics._kpi import Band, Better, Kpi, Override, Param, Query, Unit
from latido.metrics._periods import GRAINS, YEARS, Grain, Period
from latido.metrics._rates import RatesUsed
from latido.metrics._settings import EngineSettings
from latido.metrics._staying import Staying
from latido.metrics._unlock import Connected, Readable, Way, ways
from latido.metrics.customers import Customer
from latido.metrics.model import refresh
from latido.metrics.own import PluginKpis, own_kpis

__all__ = [
    "ARTICLES",
    "GRAINS",
    "YEARS",
    "Answer",
    "Ask",
    "Band",
    "Better",
    "Change",
    "Classes",
    "Connected",
    "Count",
    "Customer",
    "Effect",
    "Engine",
    "EngineSettings",
    "Entry",
    "Explanation",
    "Fact",
    "Figure",
    "Fold",
    "Formula",
    "Grain",
    "Kpi",
    "Mean",
    "Nps",
    "Number",
    "Override",
    "Param",
    "Period",
    "PluginKpis",
    "Previous",
    "Quantile",
    "Query",
    "RatesUsed",
    "Ratio",
    "Readable",
    "Reason",
    "Share",
    "Situation",
    "Staying",
    "Sum",
    "Survival",
    "Unit",
    "Way",
    "own_kpis",
    "refresh",
    "transpiled",
    "ways",
]
