using System.Globalization;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.OpenStack.Nova;

/// <summary>Which dialect of the Compute API is spoken: the newest that both sides know. Pure.</summary>
internal readonly record struct Microversion(int Major, int Minor) : IComparable<Microversion>
{
    /// <summary>Server groups with one policy, flavors written out in servers (Rocky, 2018).</summary>
    public static readonly Microversion Oldest = new(2, 64);

    /// <summary>The newest whose differences were read (Zed, 2022).</summary>
    public static readonly Microversion Newest = new(2, 93);

    public static Microversion Choose(NovaVersion? theirs, Uri address)
    {
        if (TryParse(theirs?.Version) is not { } newest || newest.CompareTo(Oldest) < 0)
        {
            throw Failure.Unimplemented("VIM_TOO_OLD",
                $"Nova at {address} speaks up to microversion {(theirs?.Version is { Length: > 0 } said ? said : "none at all")}; {Oldest} (OpenStack Rocky, 2018) or newer is needed.", OpenStackVim.AdapterName).ToException();
        }

        if (TryParse(theirs?.MinVersion) is { } oldest && oldest.CompareTo(Newest) > 0)
        {
            throw Failure.Unimplemented("VIM_TOO_NEW", $"Nova at {address} speaks no microversion below {oldest}; this adapter knows up to {Newest}.", OpenStackVim.AdapterName).ToException();
        }

        return newest.CompareTo(Newest) < 0 ? newest : Newest;
    }

    public int CompareTo(Microversion other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    private static Microversion? TryParse(string? text) =>
        text?.Split('.') is [var major, var minor] && int.TryParse(major, CultureInfo.InvariantCulture, out var a) && int.TryParse(minor, CultureInfo.InvariantCulture, out var b)
            ? new(a, b) : null;
}
