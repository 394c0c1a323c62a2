using Mano.Mesh.Failures;
using Mano.Packages;

namespace Mano.Meo.Onboarding;

/// <summary>A package's faults as the API's failures.</summary>
internal static class Refusals
{
    internal static Mesh.Failures.Fault ToFault(Packages.Fault fault) => new(
        fault.Location.Length > 0 ? fault.Location : fault.Rule, fault.Message,
        fault.Severity == Packages.FaultSeverity.Warning ? Mesh.Failures.FaultSeverity.Warning : Mesh.Failures.FaultSeverity.Error);

    /// <summary>Every fault, for the record.</summary>
    internal static Failure Of(PackageReading reading, string fileName, string subject)
    {
        var errors = reading.Errors.ToList();
        var count = errors.Count == 1 ? "for one fault" : $"for {errors.Count} faults";
        return Failure.InvalidInput("PACKAGE_REFUSED", $"{fileName} is refused {count}: {errors[0]}", subject, [.. reading.Faults.Select(ToFault)]);
    }
}
