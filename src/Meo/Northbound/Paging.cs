using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound;

/// <summary>Lists come in pages: page_size 1 to 1000 (0 means 100), page_token the place to go on from.</summary>
internal static class Paging
{
    public const int Default = 100;
    public const int Most = 1000;

    /// <summary>The size asked for; throws InvalidInput outside 0 to 1000.</summary>
    public static int Size(int asked) => asked switch
    {
        0 => Default,
        > 0 and <= Most => asked,
        _ => throw Failure.InvalidInput("PAGE_SIZE", $"page_size is {asked}; it must be 1 to {Most}, or 0 for {Default}.", "page_size").ToException(),
    };

    /// <summary>
    /// The token as a part of a key to go on after; null for the first page. Tokens are ids we gave out; what cannot be
    /// one is refused.
    /// </summary>
    public static string? After(string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        return token.Length <= 200 && !token.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? token
            : throw Failure.InvalidInput("PAGE_TOKEN", "page_token is not one of ours; pass next_page_token of the page before, or nothing.", "page_token").ToException();
    }
}

/// <summary>Some items, and the token of the page after; empty on the last one.</summary>
internal sealed record Paged<T>(IReadOnlyList<T> Items, string NextToken);
