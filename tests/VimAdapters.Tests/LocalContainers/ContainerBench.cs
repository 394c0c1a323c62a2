using Mano.Testing;
using Mano.Testing.Containers;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers;
using Mano.VimAdapters.LocalContainers.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>A folder for one test, adapters on it and a running engine, and the proof that nothing is left when the test ends.</summary>
internal sealed class ContainerBench : IAsyncDisposable
{
    private static int ranges;
    private readonly TempFolder folder = new();
    private readonly EngineConnection connection;

    public ContainerBench(RunningEngine running)
    {
        // One engine for all tests of a collection; each test is an owner of its own in it.
        var range = Interlocked.Increment(ref ranges);
        Options = new()
        {
            Folder = folder.File("vim"),
            Socket = running.Socket,
            AddressRange = $"10.{100 + (range / 120)}.{range % 120 * 2}.0/24",
            StopGrace = TimeSpan.FromSeconds(1),
            PollInterval = TimeSpan.FromMilliseconds(250),
            MilliCpu = 100_000,
            MemoryMib = 100_000,
        };
        connection = new(running.Socket["unix://".Length..], TimeSpan.FromSeconds(30), TimeProvider.System);
        Engine = new(connection, Options);
    }

    public LocalContainersOptions Options { get; set; }

    public TempFolder Folder => folder;

    /// <summary>The engine itself, past the adapter.</summary>
    public EngineClient Engine { get; }

    public Mark Mark => new(Options.Owner ?? Mark.OwnerOf(Options.Folder));

    public LocalContainersVim Open(LocalContainersOptions? options = null) => new(options ?? Options, TimeProvider.System, NullLogger<LocalContainersVim>.Instance);

    public ConformanceSubject Subject(string name) => new()
    {
        Name = name,
        Open = () => Task.FromResult<IVimAdapter>(Open()),
        Image = ContainerImages.RunsForever(folder.FullPath),
        EndingImage = ContainerImages.EndsWithThree(folder.FullPath),
        AddForeignCompute = AddForeignAsync,
        Patience = TimeSpan.FromSeconds(60),
    };

    /// <summary>A script in a container image, running as a compute.</summary>
    public async Task<Compute> RunAsync(LocalContainersVim vim, string computeId, string script, Func<ComputeSpec, ComputeSpec>? shape = null, string? healthcheck = null, string user = "")
    {
        var image = ContainerImages.Docker(folder.FullPath, computeId, script, healthcheck, user);
        await vim.EnsureImageAsync(image, default);
        return await vim.EnsureComputeAsync(computeId, 1, shape is null ? Spec(computeId, image) : shape(Spec(computeId, image)), default);
    }

    public static ComputeSpec Spec(string computeId, ImageSource image) => new()
    {
        Name = computeId, Images = [image.Image], Resources = new(100, 32, 0), Labels = new("default", computeId), RestartPolicy = RestartPolicy.Never,
    };

    public static async Task<Compute> BecomesAsync(LocalContainersVim vim, string computeId, Func<Compute, bool> state)
    {
        Compute? compute = null;
        try
        {
            await Eventually.Is(async () => (compute = await vim.GetComputeAsync(computeId, default)) is not null && state(compute));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} It is {compute?.State}: {compute?.Reason}\n{(compute is null ? "" : (await vim.ReadLogAsync(computeId, 0, default)).Text)}", e);
        }

        return compute!;
    }

    public static async Task<string> LogShowsAsync(LocalContainersVim vim, string computeId, string text)
    {
        var log = "";
        await Eventually.Is(async () => (log = (await vim.ReadLogAsync(computeId, 0, default)).Text).Contains(text, StringComparison.Ordinal), $"the log shows {text}");
        return log;
    }

    /// <summary>What bears our mark in the engine.</summary>
    public Task<IReadOnlyList<ContainerSummary>> OursAsync() => Engine.ListAsync([Mark.OwnerLabel], default);

    /// <summary>Makes a container past the adapter, which does not start it.</summary>
    public Task<string> CreateByHandAsync(string name, string image, IReadOnlyDictionary<string, string> labels, string? volume = null) => Engine.CreateAsync(name, new()
    {
        Image = image, Env = [], Labels = labels, StopTimeout = 1,
        HostConfig = new()
        {
            PidsLimit = 10, CapDrop = [], CapAdd = [], SecurityOpt = [], NetworkMode = Mark.Network, RestartPolicy = new("no"),
            LogConfig = new("json-file", new Dictionary<string, string>()), Ulimits = [], Mounts = volume is null ? null : [new("/theirs", volume)],
        },
        NetworkingConfig = new(new Dictionary<string, EndpointConfig>()),
    }, default);

    /// <summary>Kills what runs in a compute's container, as its own fault would.</summary>
    public Task KillAsync(string computeId) => connection.TellAsync(HttpMethod.Post, $"containers/{Mark.Container(computeId)}/kill", null, default);

    /// <summary>The volumes that bear our mark.</summary>
    public Task<IReadOnlyList<VolumeDetails>> VolumesAsync() => Engine.VolumesAsync([Mark.OwnerLabel], default);

    /// <summary>Deletes what a test made through its adapter, as a MEPM would, closes it, and proves that nothing is left.</summary>
    public async Task ClearAsync(LocalContainersVim vim)
    {
        foreach (var compute in await vim.ListComputesAsync(default))
        {
            await vim.DeleteComputeIfAnyAsync(compute.ComputeId, 1_000_000, default);
        }

        await vim.DisposeAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        var left = await OursAsync();
        foreach (var container in left)
        {
            await Engine.RemoveIfAnyAsync(container.Id, default);
        }

        foreach (var image in (await Engine.ImagesAsync(Mark.Repository, default)).SelectMany(i => i.RepoTags ?? []))
        {
            await Engine.RemoveImageIfAnyAsync(image, default);
        }

        var volumes = await VolumesAsync();
        foreach (var volume in volumes)
        {
            await Engine.RemoveVolumeIfAnyAsync(volume.Name, default);
        }

        await RemoveNetworkAsync(Mark.Network);
        Engine.Dispose();
        folder.Dispose();
        Assert.True(left.Count == 0, $"containers were left behind: {string.Join(", ", left.Select(c => c.Labels?.GetValueOrDefault(Mark.Compute)))}");
        Assert.True(volumes.Count == 0, $"volumes were left behind: {string.Join(", ", volumes)}");
    }

    private async Task RemoveNetworkAsync(string name)
    {
        if (await Engine.NetworkIfAnyAsync(name, default) is not null)
        {
            await connection.TellAsync(HttpMethod.Delete, $"networks/{name}", null, default);
        }
    }

    private async Task<IAsyncDisposable> AddForeignAsync()
    {
        var parts = Options.AddressRange.Split('.');
        var vim = Open(Options with { Folder = folder.File("foreign"), Owner = "foreign", AddressRange = $"{parts[0]}.{parts[1]}.{int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture) + 1}.0/24" });
        await RunAsync(vim, "foreign", "sleep 600");
        return new Foreign(this, vim);
    }

    private sealed class Foreign(ContainerBench bench, LocalContainersVim vim) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await vim.DeleteComputeIfAnyAsync("foreign", 2, default);
            foreach (var image in await vim.ListImagesAsync(default))
            {
                await vim.DeleteImageIfAnyAsync(image.Image.Digest, default);
            }

            await vim.DisposeAsync();
            await bench.RemoveNetworkAsync("mano-foreign");
        }
    }
}
