# SPDX-License-Identifier: MIT
"""A reservoir as an estimator of scikit-learn: it passes check_estimator, and is searched and piped like any other.

Each row of X is a short series of its own, oldest first, which one organoid hears from rest, a number a tick; all rows
are heard by copies of that organoid at once. What its neurons then do is read by ridge regression.
"""

import numpy as np
import praxis
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge
from sklearn.utils.validation import check_is_fitted, validate_data


class OrganoidRegressor(RegressorMixin, BaseEstimator):
    def __init__(self, neurons=200, gain=0.7, leak=0.3, input_scale=0.3, alpha=1e-3, seed=1, copies=64, device=None):
        self.neurons, self.gain, self.leak, self.input_scale = neurons, gain, leak, input_scale
        self.alpha, self.seed, self.copies, self.device = alpha, seed, copies, device

    def fit(self, X, y):
        X, y = validate_data(self, X, y, y_numeric=True, dtype=np.float64)
        self.mean_, self.deviation_ = X.mean(), X.std() or 1.0
        self.readout_ = Ridge(alpha=self.alpha).fit(self._states(X), y)
        return self

    def predict(self, X):
        check_is_fitted(self)
        return self.readout_.predict(self._states(validate_data(self, X, reset=False, dtype=np.float64)))

    def _states(self, X):
        """What the neurons do after each row, in doubles: regressions lose digits in what is shorter."""
        heard = np.clip((X - self.mean_) / self.deviation_, -50, 50)
        copies = min(self.copies, len(X))
        made = dict(gain=self.gain, leak=self.leak, input_scale=self.input_scale, bias_spread=0.3)
        states = []
        with praxis.Network(self.neurons, channels=1, seeds=[self.seed] * copies, device=self.device, **made) as net:
            for first in range(0, len(heard), copies):
                rows = np.zeros((copies, heard.shape[1], 1))
                part = heard[first : first + copies]
                rows[: len(part), :, 0] = part
                net.reset()
                net.run(rows)
                states.append(net.activation[: len(part)].astype(np.float64))
        return np.concatenate(states)


def windows(series, length):
    """Rows of the last numbers, and what came next."""
    rows = np.lib.stride_tricks.sliding_window_view(series, length)[:-1]
    return rows, series[length:]


def mackey_glass(ticks, delay=17):
    x = np.full(ticks + 200 + delay, 1.2)
    for t in range(delay, len(x) - 1):
        x[t + 1] = x[t] + 0.2 * x[t - delay] / (1 + x[t - delay] ** 10) - 0.1 * x[t]
    return x[-ticks:]
