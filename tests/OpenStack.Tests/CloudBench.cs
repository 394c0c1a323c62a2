using System.Security.Cryptography;
using System.Text;
using Mano.Testing;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack;
using Microsoft.Extensions.Logging;

namespace Mano.OpenStack.Tests;

/// <summary>Adapters of one test in a project: their folder, what they logged, and what they are given to run.</summary>
internal sealed class CloudBench(CloudProject project) : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<OpenStackVim> opened = [];

    public CloudProject Project => project;

    /// <summary>Everything that was logged, as text.</summary>
    public LogCatcher Log { get; } = new();

    public string Folder(string name = "vim") => folder.File(name);

    public OpenStackOptions Options(string name = "vim") => new()
    {
        Folder = Folder(name),
        AuthUrl = project.Testbed.Keystone,
        Username = project.User,
        Password = CloudProject.Password,
        ProjectName = project.Name,
        Region = "RegionOne",
        SiteName = project.Name,
        Network = project.NetworkId,
        FastPoll = TimeSpan.FromMilliseconds(500),
        SlowPoll = TimeSpan.FromSeconds(3),
        SweepInterval = TimeSpan.FromSeconds(1),
    };

    public OpenStackVim Open(OpenStackOptions? options = null)
    {
        var vim = new OpenStackVim(options ?? Options(), TimeProvider.System, new Logger<OpenStackVim>(Log));
        opened.Add(vim);
        return vim;
    }

    /// <summary>A disk of a few bytes, as its author would pack it.</summary>
    public ImageSource Disk(string content = "a small disk", ImageFormat format = ImageFormat.Raw)
    {
        var bytes = Encoding.UTF8.GetBytes(content.PadRight(4096, '.'));
        var path = folder.File($"{content.GetHashCode(StringComparison.Ordinal):x}.img");
        File.WriteAllBytes(path, bytes);
        return ImageSource.FromFile(new("sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)), format, "disk"), path);
    }

    public static ComputeSpec Spec(ImageSource image, string app = "app") => new()
    {
        Name = app,
        Images = [image.Image],
        Resources = new(1000, 64, 1),
        Labels = new("tenant-1", app),
        Ports = [new("web", Transport.Tcp, 8080)],
        Environment = new Dictionary<string, string> { ["GREETING"] = "hello" },
        RestartPolicy = RestartPolicy.Never,
    };

    public static Task<Compute> ReachesAsync(IVimAdapter vim, string id, ComputeState state) => ReachesAsync(vim, id, state, "");

    /// <summary>The same, for a reason with these words; Nova shows a server in ERROR for a moment before it shows the fault.</summary>
    public static async Task<Compute> ReachesAsync(IVimAdapter vim, string id, ComputeState state, string reason)
    {
        Compute? seen = null;
        try
        {
            await Patiently.Is(async () => (seen = await vim.GetComputeAsync(id, CancellationToken.None))?.State == state && seen.Reason.Contains(reason, StringComparison.Ordinal), $"{id} is {state} {reason}");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; it is {seen?.State}: {seen?.Reason}", e);
        }

        return seen!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var vim in opened)
        {
            await vim.DisposeAsync();
        }

        folder.Dispose();
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogCatcher : ILoggerFactory, ILogger
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private string alarm = "";

    /// <summary>The first event of ours that a person should look at, with all that it says; empty: none.</summary>
    public string Alarm
    {
        get
        {
            lock (gate)
            {
                return alarm;
            }
        }
    }

    public string Text
    {
        get
        {
            lock (gate)
            {
                return text.ToString();
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (gate)
        {
            var line = $"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}";
            text.AppendLine(line);
            alarm = alarm.Length == 0 && logLevel >= LogLevel.Error ? line : alarm;
        }
    }

    public void Dispose()
    {
    }
}
