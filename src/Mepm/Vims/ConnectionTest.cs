using Mano.Mepm.Loop;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Vims;

/// <summary>Looks whether a VIM connection would be of use; always answers, whatever is broken.</summary>
internal sealed class ConnectionTest(VimConnections connections, IIdSource ids, string dataFolder, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>Of one that is in use, by the very adapter that hosts use.</summary>
    public Task<IReadOnlyList<ConnectionCheck>> OfUsed(string name) => Run(connections.Of(name), []);

    /// <summary>Of one that is not in use. Adapters that keep something do so in a folder that goes with the test.</summary>
    public async Task<IReadOnlyList<ConnectionCheck>> OfUntried(string adapter, IReadOnlyDictionary<string, string> settings, IReadOnlyList<string> secrets)
    {
        var scratch = Path.Combine(dataFolder, "vim", $".test-{ids.NewId()}");
        var here = settings.Where(s => !s.Key.Equals("Folder", StringComparison.OrdinalIgnoreCase)).ToDictionary();
        IVimAdapter? vim = null;
        try
        {
            vim = connections.Make(adapter, here, secrets, scratch);
            return await Run(vim, secrets);
        }
        catch (FailureException e)
        {
            return [Unusable(Redaction.Of(e.Failure, secrets))];
        }
        finally
        {
            if (vim is not null)
            {
                await AdapterLease.Dispose(vim);
            }

            if (Directory.Exists(scratch))
            {
                Directory.Delete(scratch, recursive: true);
            }
        }
    }

    /// <summary>Whether nothing keeps the VIM from being used.</summary>
    public static bool Passed(IReadOnlyList<ConnectionCheck> checks) => checks.All(c => c.Result != ConnectionResult.Failed);

    private async Task<IReadOnlyList<ConnectionCheck>> Run(IVimAdapter vim, IReadOnlyList<string> secrets)
    {
        try
        {
            var checks = await CallLimit.Bounded(Patience, clock, vim.CheckConnectionAsync, CancellationToken.None);
            return [.. checks.Select(c => Redaction.Of(c, secrets))];
        }
        catch (FailureException e)
        {
            return [Unusable(Redaction.Of(e.Failure, secrets))];
        }
    }

    private static ConnectionCheck Unusable(Failure failure) => failure.Kind switch
    {
        FailureKind.InvalidInput or FailureKind.IllegalState => ConnectionCheck.Failed("settings", Sentence(failure), "give them as 'mano vim adapters' lists them"),
        FailureKind.DeadlineExceeded => ConnectionCheck.Failed("connection", failure.Message, "look at the address, and at what is between this site and the VIM"),
        _ => ConnectionCheck.Failed("connection", failure.Message, failure.Retryable ? "it may pass by itself: try again" : "see the message"),
    };

    private static string Sentence(Failure failure) => failure.Faults.Count == 0
        ? failure.Message
        : string.Join(" ", failure.Faults.Select(f => f.Message));
}
