using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Registration;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Vims;

/// <summary>What became of a wish to add or change a VIM.</summary>
/// <param name="Vim">As it is stored; null: a check failed, and nothing was done.</param>
/// <param name="Checks">In the order in which they were made; none where no test was wanted.</param>
internal sealed record VimVerdict(StoredVim? Vim, IReadOnlyList<ConnectionCheck> Checks);

/// <summary>What all changes of this site's VIMs and hosts have around them.</summary>
internal sealed class VimChanges(VimBook book, VimConnections connections, SecretBox secrets, TimeProvider clock, ILogger<VimChanges> logger)
{
    public VimBook Book => book;

    public VimConnections Connections => connections;

    public SecretBox Secrets => secrets;

    public ILogger Logger => logger;

    public DateTimeOffset Now => clock.GetUtcNow();

    public TimeProvider Clock => clock;

    /// <summary>Operators take turns: changes are rare, and each one looks at all the others first.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    public async Task<T> InTurn<T>(Func<Task<T>> change, CancellationToken cancel)
    {
        await Turn.WaitAsync(cancel);
        try
        {
            return await change();
        }
        finally
        {
            Turn.Release();
        }
    }
}

/// <summary>The VIM connections of this site as an operator changes them: tested, then made to run, then stored, then acknowledged.</summary>
internal sealed class SiteVims(VimChanges changes, VimAdapterCatalogue adapters, ConnectionTest test, VimUsers users)
{
    public Task<VimVerdict> Add(string name, string adapter, VimSettings settings, bool skipTest, CancellationToken cancel) => changes.InTurn(async () =>
    {
        var canonical = adapters.Names.First(n => n.Equals(adapter, StringComparison.OrdinalIgnoreCase));
        if (changes.Book.Vim(name) is { } present)
        {
            return IsSame(present, canonical, settings)
                ? new VimVerdict(present, [])
                : throw Failure.AlreadyExists("VIM_EXISTS", $"This site has a VIM '{name}' with other settings; 'mano vim update {name}' changes it.", $"vim/{name}").ToException();
        }

        var checks = skipTest ? [] : await test.OfUntried(canonical, settings.All, settings.SecretValues);
        if (!ConnectionTest.Passed(checks))
        {
            return new(null, checks);
        }

        var vim = Sealed(name, canonical, settings.All.Where(s => settings.Plain.ContainsKey(s.Key)), settings.Secret, changes.Now);
        await PutToUse(vim, before: null);
        VimLog.Added(changes.Logger, name, canonical);
        return new VimVerdict(vim, checks);
    }, cancel);

    public Task<VimVerdict> Update(string name, Func<string, VimSettings> read, bool skipTest, CancellationToken cancel) => changes.InTurn(async () =>
    {
        var before = changes.Book.NeededVim(name);
        var given = read(before.Adapter);
        var (plain, secret) = Merged(before, given);
        var all = new Dictionary<string, string>(plain.Concat(secret), StringComparer.OrdinalIgnoreCase);
        var checks = skipTest ? [] : await test.OfUntried(before.Adapter, all, [.. secret.Values]);
        if (!ConnectionTest.Passed(checks))
        {
            return new VimVerdict(null, checks);
        }

        var after = Sealed(name, before.Adapter, plain, secret, before.AddedAt);
        await PutToUse(after, before);
        VimLog.Changed(changes.Logger, name, string.Join(", ", given.Plain.Keys.Concat(given.Secret.Keys)));
        return new VimVerdict(after, checks);
    }, cancel);

    /// <summary>Removes it; nothing happens where there is none. Refused while hosts use it.</summary>
    public Task<bool> RemoveIfAny(string name, CancellationToken cancel) => changes.InTurn(async () =>
    {
        if (users.HostsOn(name) is { Count: > 0 } hosts)
        {
            throw Failure.IllegalState("VIM_IN_USE", $"VIM '{name}' is used by host{(hosts.Count == 1 ? "" : "s")} {string.Join(", ", hosts)}; 'mano host remove' first.",
                $"vim/{name}", "IN_USE", "IDLE").ToException();
        }

        if (changes.Book.Vim(name) is null)
        {
            return false;
        }

        await changes.Book.ForgetVim(name);
        await changes.Connections.Close(name);
        VimLog.Removed(changes.Logger, name);
        return true;
    }, cancel);

    public Task<IReadOnlyList<ConnectionCheck>> Test(string name)
    {
        _ = changes.Book.NeededVim(name);
        return test.OfUsed(name);
    }

    public Task<IReadOnlyList<ConnectionCheck>> TestUntried(string adapter, VimSettings settings) => test.OfUntried(adapter, settings.All, settings.SecretValues);

    /// <summary>Encrypts everything anew under a key that nobody has seen. Says how many secrets there are.</summary>
    public Task<int> RotateKey(CancellationToken cancel) => changes.InTurn(async () =>
    {
        var keys = changes.Secrets.Keys;
        if (!keys.IsOurs)
        {
            throw Failure.IllegalState("KEY_FILE_GIVEN", $"The key file {keys.Path} was given to this MEPM and is not its own to write: append a new line to it, "
                + "restart the MEPM, and give each secret again with 'mano vim update'.", keys.Path, "GIVEN", "OWN").ToException();
        }

        // Opened under the old key before there is a new one: a secret that is lost stops this with nothing changed.
        var open = changes.Book.Vims.Select(v => (Vim: v, Secret: Opened(v))).ToList();
        _ = keys.Renew();
        await changes.Book.PutAll([.. open.Select(o => o.Vim with { Sealed = Seal(o.Vim.Name, o.Secret) })]);
        keys.ForgetOld();
        var count = open.Sum(o => o.Secret.Count);
        VimLog.KeyRotated(changes.Logger, count);
        return count;
    }, cancel);

    /// <summary>Opened before it is stored: settings that make no adapter change nothing, and a crash leaves what was before or what is after.</summary>
    private async Task PutToUse(StoredVim vim, StoredVim? before)
    {
        try
        {
            await changes.Connections.Exchange(vim);
            await changes.Book.Put(vim);
        }
        catch (FailureException) when (before is not null)
        {
            await changes.Connections.OpenAll([before]);
            throw;
        }
        catch (FailureException)
        {
            await changes.Connections.Close(vim.Name);
            throw;
        }
    }

    private static (Dictionary<string, string> Plain, Dictionary<string, string> Secret) Merge(
        IEnumerable<KeyValuePair<string, string>> plain, IEnumerable<KeyValuePair<string, string>> secret, VimSettings given)
    {
        var (p, s) = (new Dictionary<string, string>(plain, StringComparer.OrdinalIgnoreCase), new Dictionary<string, string>(secret, StringComparer.OrdinalIgnoreCase));
        foreach (var (name, value) in given.Plain.Concat(given.Secret))
        {
            p.Remove(name);
            s.Remove(name);
            if (value.Length > 0)
            {
                (given.Secret.ContainsKey(name) ? s : p)[name] = value;
            }
        }

        return (p, s);
    }

    /// <summary>What stays is opened; a secret that cannot be opened any more has to be among those that are given.</summary>
    private (Dictionary<string, string> Plain, Dictionary<string, string> Secret) Merged(StoredVim before, VimSettings given)
    {
        var kept = before.Sealed.Where(s => !given.Secret.ContainsKey(s.Key) && !given.Plain.ContainsKey(s.Key))
            .ToDictionary(s => s.Key, s => changes.Secrets.Open(s.Value, StoredVim.About(before.Name, s.Key)).Value);
        return Merge(before.Settings, kept, given);
    }

    private Dictionary<string, string> Opened(StoredVim vim) =>
        vim.Sealed.ToDictionary(s => s.Key, s => changes.Secrets.Open(s.Value, StoredVim.About(vim.Name, s.Key)).Value);

    private bool IsSame(StoredVim present, string adapter, VimSettings asked) =>
        present.Adapter == adapter
        && present.Settings.SequenceEqual(asked.Plain.Where(s => s.Value.Length > 0))
        && Opened(present).OrderBy(s => s.Key, StringComparer.OrdinalIgnoreCase).SequenceEqual(asked.Secret.Where(s => s.Value.Length > 0));

    private StoredVim Sealed(
        string name, string adapter, IEnumerable<KeyValuePair<string, string>> plain, IEnumerable<KeyValuePair<string, string>> secret, DateTimeOffset added) => new()
    {
        Name = name, Adapter = adapter, AddedAt = added, ChangedAt = changes.Now,
        Settings = new(plain.ToDictionary(), StringComparer.OrdinalIgnoreCase),
        Sealed = Seal(name, secret.Where(s => s.Value.Length > 0)),
    };

    private SortedDictionary<string, string> Seal(string vim, IEnumerable<KeyValuePair<string, string>> secret) => new(
        secret.ToDictionary(s => s.Key, s => changes.Secrets.Seal(s.Value, StoredVim.About(vim, s.Key))), StringComparer.OrdinalIgnoreCase);
}
