using Mano.Meo.Northbound.Queries;
using Mano.Mesh.State;
using Mano.Sagas;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>Operations as they go on: one to its end, or all for ever.</summary>
internal sealed class OperationWatches(IStateStore store, OperationReader operations, TimeProvider clock)
{
    public IAsyncEnumerable<Watched<Wire.Operation>> One(Wire.WatchOperationRequest request, CancellationToken cancel) =>
        WatchQuery<Wire.Operation>.Of(request).Run(store, new(OperationKeys.Record(Tenants.Default, request.OperationId), Show, HasEnded), clock, cancel);

    public IAsyncEnumerable<Watched<Wire.Operation>> All(Wire.WatchOperationsRequest request, CancellationToken cancel) =>
        WatchQuery<Wire.Operation>.Of(request).Run(store, new(OperationKeys.Records(Tenants.Default), Show), clock, cancel);

    private Wire.Operation Show(Entry entry) => OperationWire.ToWire(operations.Known(entry).Value);

    private static bool HasEnded(Wire.Operation operation) => operation.State is Wire.Operation.Types.State.Completed or Wire.Operation.Types.State.Failed;
}
