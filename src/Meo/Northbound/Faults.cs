using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound;

/// <summary>Collects every fault of a request, so that the caller corrects them all at once.</summary>
internal sealed class Faults
{
    private readonly List<Fault> found = [];

    /// <summary>Adds a fault unless <paramref name="holds"/>.</summary>
    public Faults Require(bool holds, string path, string message)
    {
        if (!holds)
        {
            found.Add(new(path, message));
        }

        return this;
    }

    /// <summary>Null if there is no fault; else one refusal with all of them.</summary>
    public Failure? ToFailure(string what, string subject = "") => found.Count == 0 ? null : Failure.InvalidInput(
        "INVALID_REQUEST",
        $"{what} has {(found.Count == 1 ? "a fault" : $"{found.Count} faults")}: {string.Join("; ", found)}",
        subject,
        found);

    /// <summary>Throws the refusal if there is one.</summary>
    public void ThrowIfAny(string what, string subject = "")
    {
        if (ToFailure(what, subject) is { } failure)
        {
            throw failure.ToException();
        }
    }
}
