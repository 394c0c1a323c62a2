using System.ComponentModel.DataAnnotations;
using Mano.Mesh.Failures;

namespace Mano.Mesh.Hosting;

/// <summary>
/// Options against the attributes that they bear. One look at a time in a process: a <see cref="RangeAttribute"/> is one object for
/// all its uses, and reads its bounds when it is first used, unguarded. Hosts that were built side by side met in there, and one of
/// them was refused with an InvalidCastException ("Unable to cast object of type 'System.TimeSpan' to type 'System.String'").
/// </summary>
public static class DeclaredRanges
{
    private static readonly Lock OneAtATime = new();

    /// <summary>Every attribute that does not hold.</summary>
    /// <param name="options">A record of options.</param>
    /// <param name="before">What stands before the property's name in a fault's path: "orphans.".</param>
    public static IReadOnlyList<Fault> FaultsOf(object options, string before)
    {
        var results = new List<ValidationResult>();
        lock (OneAtATime)
        {
#pragma warning disable IL2026 // options records are kept whole; nothing here is trimmed
#pragma warning disable RS0030 // the one place
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
#pragma warning restore RS0030
#pragma warning restore IL2026
        }

        return [.. results.Select(r => new Fault(before + r.MemberNames.FirstOrDefault(), r.ErrorMessage ?? "out of range"))];
    }
}
