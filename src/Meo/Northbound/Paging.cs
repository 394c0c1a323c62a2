using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound;

/// <summary>Lists come in pages: page_size 1 to 1000 (0 means 100).</summary>
internal static class Paging
{
    public const int Default = 100;
    public const int Most = 1000;

    /// <summary>The size asked for; throws InvalidInput outside 0 to 1000.</summary>
    public static int Size(int asked) => asked switch
    {
        0 => Default,
        > 0 and <= Most => asked,
        _ => throw Failure.InvalidInput("PAGE_SIZE", $"page_size is {asked}; it must be 1 to {Most}, or 0 for {Default}.", "page_size", [new("page_size", $"is {asked}; it must be 1 to {Most}, or 0 for {Default}")]).ToException(),
    };
}

/// <summary>Some items, and the token of the page after; empty on the last one.</summary>
internal sealed record Paged<T>(IReadOnlyList<T> Items, string NextToken);
