# SPDX-License-Identifier: MIT
"""Weights as others hold them: a sparse matrix of scipy, and a file of safetensors that torch reads.

python examples/python/weights.py
"""

import numpy as np
import praxis
import scipy.sparse
import scipy.sparse.linalg


def matrix(net, replica=0):
    """Weights of a replica by neuron and partner, scaled as in the sum: u = matrix @ x is what recurrence adds."""
    partners = net.presynaptic()
    values = net.read("weight", replicas=replica)[0] / np.sqrt(partners.shape[1])
    rows = np.repeat(np.arange(net.neurons), partners.shape[1])
    return scipy.sparse.csr_matrix((values.ravel(), (rows, partners.ravel())), shape=(net.neurons, net.neurons))


def save(net, path):
    """Values of all replicas as float32. safetensors takes memory as it lies: it must be in C's order."""
    from safetensors.numpy import save_file

    save_file({"weight": np.ascontiguousarray(net.weight), "partner": net.presynaptic().astype(np.int64)}, path)


if __name__ == "__main__":
    with praxis.Network(neurons=900, seed=1) as net:
        weights = matrix(net)
        radius = abs(scipy.sparse.linalg.eigs(weights.astype(float), k=1, return_eigenvectors=False)[0])
        print(f"{weights.nnz} weights, spectral radius {radius:.2f}: that of the random matrix would be 1")
