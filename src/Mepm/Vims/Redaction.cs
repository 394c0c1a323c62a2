using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Vims;

/// <summary>Takes secrets out of what an adapter says, should it have said one: a VIM may echo what it was sent.</summary>
internal static class Redaction
{
    private const string Instead = "•••";

    /// <summary>A shorter one would take innocent words with it, and protects nothing.</summary>
    private const int Shortest = 4;

    public static string Of(string text, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets)
        {
            if (secret.Length >= Shortest)
            {
                text = text.Replace(secret, Instead, StringComparison.Ordinal)
                    .Replace(Uri.EscapeDataString(secret), Instead, StringComparison.Ordinal);
            }
        }

        return text;
    }

    public static Failure Of(Failure failure, IReadOnlyList<string> secrets) => failure with
    {
        Message = Of(failure.Message, secrets),
        Subject = Of(failure.Subject, secrets),
        Faults = [.. failure.Faults.Select(f => f with { Path = Of(f.Path, secrets), Message = Of(f.Message, secrets) })],
    };

    public static ConnectionCheck Of(ConnectionCheck check, IReadOnlyList<string> secrets) => check with
    {
        Name = Of(check.Name, secrets), Detail = Of(check.Detail, secrets), Remedy = Of(check.Remedy, secrets),
    };
}
