using Mano.Mesh.Failures;
using FileFault = Mano.Packages.Fault;
using WireFault = Mano.Common.V1.Fault;

namespace Mano.Cli.Packages;

/// <summary>Faults as they are printed, wherever they were found: on the wire, or in a file on this machine.</summary>
internal static class Faults
{
    public static IReadOnlyList<Fault> Of(IEnumerable<WireFault> faults) => [.. faults.Select(f => f.ToFault())];

    public static IReadOnlyList<Fault> Of(IEnumerable<FileFault> faults) =>
        [.. faults.Select(f => new Fault(f.Location.Length > 0 ? f.Location : f.Rule, f.Message, Of(f.Severity)))];

    private static FaultSeverity Of(Mano.Packages.FaultSeverity severity) =>
        severity == Mano.Packages.FaultSeverity.Error ? FaultSeverity.Error : FaultSeverity.Warning;
}
