using System.Collections.Immutable;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>A step of the lookup: a map, or a short list of matches. Asked in order; the first that knows the packet decides.</summary>
internal abstract record RuleBlock;

/// <summary>Single addresses with single ports (or with everything), in a hash map.</summary>
/// <param name="Whole">Keys are addresses alone.</param>
/// <param name="Numbers">The rule by its box.</param>
internal sealed record ExactBlock(bool Whole, Dictionary<Box, int> Numbers) : RuleBlock
{
    private readonly HashSet<UInt128> addresses = [];

    public void Add(Box box, int number)
    {
        Numbers[box] = number;
        addresses.Add(box.FirstAddress);
    }

    /// <summary>Whether a box of the other shape meets one of these: they do when they share the address.</summary>
    public bool Meets(Box box) => addresses.Contains(box.FirstAddress);
}

/// <summary>Ranges of which no two overlap, in an interval map.</summary>
internal sealed record IntervalBlock(IReadOnlyList<(Box Box, int Number)> Entries) : RuleBlock;

/// <summary>Everything else, one after the other.</summary>
internal sealed record LinearBlock(List<(RuleMatch Match, int Number)> Entries) : RuleBlock;

/// <summary>
/// Orders rules for the kernel so that the answer is that of asking one after the other, and most are asked for at once.
/// An exact match moves up to an earlier map as long as it passes nothing that it overlaps.
/// </summary>
internal static class RuleBlocks
{
    /// <summary>Boxes of one alternative that are worth single keys.</summary>
    private const int MostKeys = 64;

    /// <summary>Beyond so many matches between, an exact one stays behind them: looking at all for each would be quadratic.</summary>
    private const int FarthestLook = 512;

    /// <summary>Fewer ranges than this are asked for faster one by one.</summary>
    private const int FewestIntervals = 16;

    /// <param name="rules">In order of their precedence.</param>
    /// <param name="family">Whose packets.</param>
    public static ImmutableArray<RuleBlock> Of(IEnumerable<NumberedRule> rules, NftFamily family)
    {
        var blocks = new List<RuleBlock>();
        foreach (var rule in rules)
        {
            foreach (var match in rule.Rule.Filters.Select(f => RuleMatch.Of(f, family)).OfType<RuleMatch>())
            {
                Add(blocks, match, rule.Number);
            }
        }

        return [.. blocks.SelectMany(AsIntervals)];
    }

    private static void Add(List<RuleBlock> blocks, RuleMatch match, int number)
    {
        if (match.IsBox && match.Boxes.Take(MostKeys + 1).ToList() is { Count: <= MostKeys } boxes && boxes.TrueForAll(b => b.IsExact))
        {
            foreach (var box in boxes)
            {
                AddExact(blocks, box, number);
            }
        }
        else if (blocks is [.., LinearBlock last])
        {
            last.Entries.Add((match, number));
        }
        else
        {
            blocks.Add(new LinearBlock([(match, number)]));
        }
    }

    private static void AddExact(List<RuleBlock> blocks, Box box, int number)
    {
        ExactBlock? home = null;
        var looks = 0;
        for (var i = blocks.Count - 1; i >= 0 && looks <= FarthestLook; i--)
        {
            if (blocks[i] is ExactBlock exact)
            {
                if (exact.Numbers.ContainsKey(box))
                {
                    return; // an earlier rule decides about the very same packets
                }

                if (exact.Whole == box.IsWholeAddress)
                {
                    home = exact;
                }
                else if (exact.Meets(box))
                {
                    break;
                }
            }
            else if (blocks[i] is LinearBlock linear)
            {
                looks += linear.Entries.Count;
                if (linear.Entries.Exists(e => e.Match.Overlaps(box)))
                {
                    break;
                }
            }
        }

        if (home is null)
        {
            blocks.Add(home = new ExactBlock(box.IsWholeAddress, []));
        }

        home.Add(box, number);
    }

    /// <summary>A list of plain ranges of which no two overlap can be asked at once.</summary>
    private static IEnumerable<RuleBlock> AsIntervals(RuleBlock block)
    {
        if (block is not LinearBlock { Entries.Count: >= FewestIntervals } linear || !linear.Entries.TrueForAll(e => e.Match.IsBox && e.Match.Protocols.Count > 0))
        {
            return [block];
        }

        var boxes = linear.Entries.SelectMany(e => e.Match.Boxes, (e, box) => (box, e.Number)).OrderBy(e => e.box.FirstAddress).ToList();
        return AreDisjoint(boxes) ? [new IntervalBlock(boxes)] : [block];
    }

    private static bool AreDisjoint(List<(Box Box, int Number)> sorted)
    {
        for (var i = 0; i < sorted.Count; i++)
        {
            for (var j = i + 1; j < sorted.Count && sorted[j].Box.FirstAddress <= sorted[i].Box.LastAddress; j++)
            {
                if (sorted[i].Box.Overlaps(sorted[j].Box))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
