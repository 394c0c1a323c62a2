namespace Mano.Bench;

/// <summary>How much is done for a figure.</summary>
internal static class Effort
{
    /// <summary>Set by <c>--quick</c>: just enough to see that a row works.</summary>
    public static bool IsQuick { get; set; }

    /// <summary>The usual number, or the small one.</summary>
    public static int Of(int usual, int quick) => IsQuick ? quick : usual;
}
