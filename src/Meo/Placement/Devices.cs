using System.Collections.Immutable;
using System.Globalization;

namespace Mano.Meo.Placement;

/// <summary>
/// How many of each kind of device (accelerator, SR-IOV function, …): what a host has, what is held on it, what a request needs. As text
/// <c>gpu:4</c>, several with a comma between, ordered, so that equal ones are written alike.
/// </summary>
internal static class Devices
{
    public static ImmutableSortedDictionary<string, int> None { get; } = ImmutableSortedDictionary<string, int>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The name of <c>gpu</c> or <c>gpu:4</c>, in lower case; a number that is none belongs to the name.</summary>
    public static string NameOf(string word) => Split(word).Name;

    /// <summary>Those of the words that say a number; of a kind that is named twice, the sum.</summary>
    public static ImmutableSortedDictionary<string, int> Of(IEnumerable<string> words)
    {
        var counts = None;
        foreach (var word in words)
        {
            var (name, count) = Split(word);
            counts = count is { } more ? counts.SetItem(name, counts.GetValueOrDefault(name) + more) : counts;
        }

        return counts;
    }

    public static ImmutableSortedDictionary<string, int> Read(string text) => text.Length == 0 ? None : Of(text.Split(','));

    public static string Write(ImmutableSortedDictionary<string, int> counts) =>
        string.Join(',', counts.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key}:{d.Value}")));

    /// <summary>One more or fewer of each; what reaches nought is left out.</summary>
    public static ImmutableSortedDictionary<string, int> With(this ImmutableSortedDictionary<string, int> counts, ImmutableSortedDictionary<string, int> others, int sign)
    {
        foreach (var (name, count) in others)
        {
            var sum = counts.GetValueOrDefault(name) + (sign * count);
            counts = sum == 0 ? counts.Remove(name) : counts.SetItem(name, sum);
        }

        return counts;
    }

    private static (string Name, int? Count) Split(string word)
    {
        var at = word.LastIndexOf(':');
        return at > 0 && int.TryParse(word.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (word[..at].Trim().ToLowerInvariant(), count)
            : (word.Trim().ToLowerInvariant(), null);
    }
}
