using Mano.Testing.Containers;
using Mano.VimAdapters.LocalContainers;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>Tests of one adapter on a running engine, each with a bench of its own that proves in the end that nothing is left.</summary>
public abstract class ContainerVimTests(RunningEngine engine, string engineName) : IAsyncLifetime
{
    private protected ContainerBench bench = null!;
    private protected LocalContainersVim vim = null!;
    private protected LossyProxy? proxy;

    public Task InitializeAsync()
    {
        if (RunningEngine.MissingOf(engineName) is null)
        {
            bench = new(engine);
            vim = bench.Open();
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (bench is not null)
        {
            await bench.ClearAsync(vim);
        }

        if (proxy is not null)
        {
            await proxy.DisposeAsync();
        }
    }

    /// <summary>Opens the adapter again, behind a proxy that loses answers.</summary>
    private protected async Task BehindProxyAsync()
    {
        await vim.DisposeAsync();
        proxy = new LossyProxy(engine.Socket);
        vim = bench.Open(bench.Options with { Socket = proxy.Socket });
        await vim.GetCapabilitiesAsync(default);
    }

    /// <summary>Opens the adapter again, with every container's root read-only.</summary>
    private protected async Task WithReadOnlyRootAsync()
    {
        await vim.DisposeAsync();
        bench.Options = bench.Options with { ReadOnly = true };
        vim = bench.Open();
    }
}
