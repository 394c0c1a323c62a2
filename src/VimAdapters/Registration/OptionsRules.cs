using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Registration;

/// <summary>Checks options once, when an adapter is made, and names every fault.</summary>
internal static class OptionsRules
{
    /// <summary>Refuses the options unless every range attribute holds and there are no other faults.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Options records are kept whole; nothing here is trimmed.")]
    public static void Check(string adapter, object options, IReadOnlyList<string> otherFaults)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var faults = results.Select(r => new Fault($"{adapter}:{r.MemberNames.FirstOrDefault()}", r.ErrorMessage ?? "out of range"))
            .Concat(otherFaults.Select(f => new Fault(adapter, f)))
            .ToList();
        if (faults.Count > 0)
        {
            throw Failure.InvalidInput("VIM_OPTIONS", $"The settings of VIM adapter {adapter} are refused: {string.Join(" ", faults)}", adapter, faults).ToException();
        }
    }
}
