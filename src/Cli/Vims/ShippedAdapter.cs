using System.CommandLine;
using Mano.Cli.Terminal;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Registration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Cli.Vims;

/// <summary>An adapter that ships with mano, chosen by name and set by <c>--set</c>.</summary>
internal sealed class ShippedAdapter : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private ShippedAdapter(ServiceProvider services, IVimAdapter vim) => (this.services, Vim) = (services, vim);

    public IVimAdapter Vim { get; }

    public static Option<string?> NameFlag(string description) => new("--adapter") { Description = description, HelpName = "NAME" };

    public static Option<string[]> SettingsFlag() => new("--set")
    {
        Description = "a setting of the adapter, as Folder=/var/lib/vim; lists as Zones:0=a; may be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [],
    };

    /// <exception cref="FailureException">An unknown name, or settings that are not right; every fault is named.</exception>
    public static ShippedAdapter Open(string name, IReadOnlyList<string> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(Parse)).Build();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.AddSimpleConsole(console => console.SingleLine = true)
                .AddFilter(level => level >= LogLevel.Warning)
                .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace))
            .AddVimAdapters()
            .BuildServiceProvider();
        try
        {
            return new(services, services.GetRequiredService<VimAdapterCatalogue>().Create(name, configuration));
        }
        catch
        {
            services.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Vim is IAsyncDisposable later)
        {
            await later.DisposeAsync();
        }
        else
        {
            (Vim as IDisposable)?.Dispose();
        }

        await services.DisposeAsync();
    }

    private static KeyValuePair<string, string?> Parse(string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new(setting[..equals].Replace('.', ':'), setting[(equals + 1)..])
            : throw Failure.InvalidInput(Sentences.UsageReason, $"--set: '{setting}' is not a setting; write NAME=VALUE, as in Folder=/var/lib/vim.").ToException();
    }
}
