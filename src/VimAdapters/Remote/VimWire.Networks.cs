using Google.Protobuf.WellKnownTypes;
using Mano.VimAdapters.Contract;
using Wire = Mano.Vim.V1;

namespace Mano.VimAdapters.Remote;

/// <summary>Networks, events, and the look at the connection.</summary>
internal static partial class VimWire
{
    public static Wire.NetworkSpec ToWire(NetworkSpec spec) =>
        new() { Name = spec.Name, Cidr = spec.Cidr, Labels = new() { Tenant = spec.Labels.Tenant, AppInstanceId = spec.Labels.AppInstanceId } };

    public static NetworkSpec FromWire(Wire.NetworkSpec? wire) =>
        new(wire?.Name ?? "", wire?.Cidr ?? "", new(wire?.Labels?.Tenant ?? "", wire?.Labels?.AppInstanceId ?? ""));

    public static Wire.Network ToWire(VimNetwork network) =>
        new() { NetworkId = network.NetworkId, Spec = ToWire(network.Spec), OperationNumber = network.OperationNumber, Cidr = network.Cidr };

    public static VimNetwork FromWire(Wire.Network? wire) =>
        new(wire?.NetworkId ?? "", FromWire(wire?.Spec), wire?.OperationNumber ?? 0, wire?.Cidr ?? "");

    public static Wire.VimEvent ToWire(VimEvent told) =>
        new() { At = Timestamp.FromDateTimeOffset(told.At), Kind = told.Kind, Message = told.Message, IsWarning = told.IsWarning };

    public static VimEvent FromWire(Wire.VimEvent wire) => new(wire.At?.ToDateTimeOffset() ?? default, wire.Kind, wire.Message, wire.IsWarning);

    public static Wire.ConnectionCheck ToWire(ConnectionCheck check) =>
        new() { Name = check.Name, Result = (Wire.ConnectionCheck.Types.Result)check.Result, Detail = check.Detail, Remedy = check.Remedy };

    public static ConnectionCheck FromWire(Wire.ConnectionCheck wire) => new(wire.Name, (ConnectionResult)wire.Result, wire.Detail, wire.Remedy);
}
