using System.Reflection;
using Mano.Mesh.Channels;
using Mano.Testing;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Remote;

namespace Mano.VimAdapters.Tests.Foreign;

/// <summary>A theory with the sample in Python; skipped, with the reason, where python3-grpcio is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = PythonAdapter.WhyNot.Value!;
}

/// <summary>samples/vim-adapter-python in a process of its own: a stranger's adapter, generated from the contract that the kit hands out.</summary>
internal sealed class PythonAdapter : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly TempFolder folder = new();
    private readonly GrpcChannels channels = new();
    private readonly ChildProcess process;

    private PythonAdapter(string lie)
    {
        File.WriteAllBytes(folder.File("vim.binpb"), ContractText.DescriptorSet());
        string[] adapter = [Path.Combine(Repository.Folder, "samples", "vim-adapter-python", "adapter.py"), folder.File("vim.binpb"), "127.0.0.1:0"];
        process = ChildProcess.Start(Python, lie.Length == 0 ? adapter : [.. adapter, "--lie", lie], new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1", ["no_proxy"] = "127.0.0.1" });
    }

    public static Lazy<string?> WhyNot { get; } = new(() =>
    {
        try
        {
            using var probe = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Python, ["-c", "import grpc, google.protobuf"]) { RedirectStandardError = true })!;
            return probe.WaitForExit(30_000) && probe.ExitCode == 0 ? null : "needs python3-grpcio, which is not installed: run tests/install";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "needs python3, which is not installed: run tests/install";
        }
    });

    public Uri Address { get; private set; } = null!;

    public static async Task<PythonAdapter> StartAsync(string lie = "")
    {
        var adapter = new PythonAdapter(lie);
        await Eventually.Is(() => Task.FromResult(!adapter.process.Output.IsEmpty || adapter.process.HasExited), "the adapter says where it listens");
        adapter.Address = new(adapter.process.Output.FirstOrDefault() ?? throw new InvalidOperationException(string.Join('\n', adapter.process.Errors)));
        return adapter;
    }

    /// <summary>The kit against it, with the images that the kit makes itself.</summary>
    public async Task<IReadOnlyList<ConformanceResult>> CheckAsync(IReadOnlyList<ConformanceCheck> checks, TimeSpan patience)
    {
        var capabilities = await new RemoteVimAdapter(new() { Address = Address.ToString() }, channels, TimeProvider.System).GetCapabilitiesAsync(default);
        var (image, _) = KitImages.Make(folder.FullPath, capabilities, "test");
        var results = new List<ConformanceResult>();
        await using var session = await ConformanceSession.OpenAsync(RemoteSubject.Of(Address, image, patience, channels), default);
        await session.BeginAsync();
        foreach (var check in checks)
        {
            results.Add(await session.RunAsync(check));
        }

        await session.EndAsync();
        return results;
    }

    public async ValueTask DisposeAsync()
    {
        channels.Dispose();
        await process.DisposeAsync();
        folder.Dispose();
    }
}
