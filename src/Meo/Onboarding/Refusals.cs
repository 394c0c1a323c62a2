using Mano.Mesh.Failures;
using Mano.Packages;

namespace Mano.Meo.Onboarding;

/// <summary>A package's faults as the API's failures.</summary>
internal static class Refusals
{
    private const int TextOnTheWire = 4000;

    internal static Mesh.Failures.Fault ToFault(Packages.Fault fault) => new(
        fault.Location, fault.Message,
        fault.Severity == Packages.FaultSeverity.Warning ? Mesh.Failures.FaultSeverity.Warning : Mesh.Failures.FaultSeverity.Error);

    /// <summary>Every fault, for the record.</summary>
    internal static Failure Of(PackageReading reading, string fileName, string subject)
    {
        var errors = reading.Errors.ToList();
        var count = errors.Count == 1 ? "for one fault" : $"for {errors.Count} faults";
        return Failure.InvalidInput("PACKAGE_REFUSED", $"{fileName} is refused {count}: {errors[0]}", subject, [.. reading.Faults.Select(ToFault)]);
    }

    /// <summary>
    /// What fits a status: some clients take no more than 8 KiB of trailers. Errors first; the record keeps all.
    /// </summary>
    internal static Failure ForTheWire(Failure failure)
    {
        var room = TextOnTheWire;
        var shown = failure.Faults.OrderByDescending(f => f.Severity).TakeWhile(f => (room -= f.Path.Length + f.Message.Length + 8) >= 0).ToList();
        var hidden = failure.Faults.Count - shown.Count;
        return hidden == 0 ? failure : failure with
        {
            Faults = shown,
            Message = $"{(failure.Message.Length > 800 ? failure.Message[..800] + "…" : failure.Message)} ({hidden} more on the package's record)",
        };
    }
}
