namespace Mano.Mesh.State;

/// <summary>How much one page may hold.</summary>
internal static class ScanLimits
{
    public const int Max = 10_000;

    public static void Check(int limit)
    {
        if (limit is < 1 or > Max)
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, $"A page holds 1 to {Max} entries.");
        }
    }
}
