using System.Globalization;
using Mano.Mesh.Ids;

namespace Mano.Testing;

/// <summary>Ids that a reader of a failed test can follow: 00000000-0000-7000-8000-000000000001 and so on.</summary>
public sealed class SequentialIds(int first = 1) : IIdSource
{
    private int last = first - 1;

    public string NewId() => "00000000-0000-7000-8000-" + Interlocked.Increment(ref last).ToString("x12", CultureInfo.InvariantCulture);
}
