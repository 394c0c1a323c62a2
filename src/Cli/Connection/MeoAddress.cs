using Mano.Cli.Terminal;
using Mano.Mesh.Failures;

namespace Mano.Cli.Connection;

/// <summary>Which MEO a command speaks to: the flag, else MANO_MEO, else a <c>mano up</c> of this folder, of the checkout, of this user.</summary>
internal static class MeoAddress
{
    public static string Find(Uri? flag, Surroundings surroundings)
    {
        if (flag is not null)
        {
            return Spell(flag);
        }

        if (surroundings.Variable("MANO_MEO") is { } variable)
        {
            return Spell(FromVariable(variable));
        }

        return Candidates(surroundings).Select(RunningSystem.Read).FirstOrDefault(s => s is not null)?.Meo.Grpc
            ?? throw Failure.Unavailable(
                "NO_MEO", "No MEO was named, and no 'mano up' of yours runs on this machine. Start one with 'mano up', or name one with --meo http://ADDRESS:PORT or MANO_MEO.", "--meo")
                .ToException();
    }

    private static IEnumerable<string> Candidates(Surroundings surroundings) => new[]
    {
        RunningSystem.FileIn(Path.Combine(surroundings.Folder, ".mano")),
        RunningSystem.FileIn(surroundings.DefaultData),
        RunningSystem.WellKnownFile(surroundings),
    }.Distinct();

    private static Uri FromVariable(string value)
    {
        if (!value.Contains("://", StringComparison.Ordinal))
        {
            value = "http://" + value;
        }

        return Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new Uri(value)
            : throw Sentences.Usage($"MANO_MEO is '{value}', which is not a URL; write http://127.0.0.1:7400.", "MANO_MEO");
    }

    private static string Spell(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
