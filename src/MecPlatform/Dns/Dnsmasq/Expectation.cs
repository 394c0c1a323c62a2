using Mano.MecPlatform.Dns.Backends;

namespace Mano.MecPlatform.Dns.Dnsmasq;

/// <summary>What dnsmasq must answer.</summary>
/// <param name="Owner">The instance whose name it is, or was.</param>
/// <param name="Set">What must be answered, or, if it is gone, what must not be: the upstream may know the name too.</param>
/// <param name="IsGone">Which of both.</param>
internal sealed record Expectation(string Owner, RecordSet Set, bool IsGone)
{
    /// <summary>Whether this answer is right; null: it gave none, which for a name that is gone may be the upstream's silence.</summary>
    public bool IsMet(string? answered) => IsGone
        ? answered is null || !answered.Split(' ').Intersect(Set.Each).Any()
        : answered == Set.Addresses;
}
