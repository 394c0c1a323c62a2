using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>A set or map and what is in it.</summary>
/// <param name="Declaration">Type and flags, as nft writes them between braces.</param>
/// <param name="Elements">Keys, with their value in a map and an empty text in a set. Never changed, and plain: there are tens of thousands, at each change.</param>
internal sealed record NftSet(string Declaration, IReadOnlyDictionary<string, string> Elements);

/// <summary>
/// What shall be in one table beside its permanent part: sets and the chains without a hook, all replaced or changed in
/// one transaction. Text in the form in which nft lists it with <c>-n</c>, so that the two can be compared.
/// </summary>
internal sealed record NftPlan(ImmutableSortedDictionary<string, NftSet> Sets, ImmutableSortedDictionary<string, ImmutableArray<string>> Chains)
{
    public static readonly NftPlan Empty = new(
        ImmutableSortedDictionary.Create<string, NftSet>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal));

    /// <summary>The comment that a rule of a chain carries, by which it is known again in a listing.</summary>
    public static string CommentOf(string rule) => "m" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rule)).AsSpan(0, 6));
}
