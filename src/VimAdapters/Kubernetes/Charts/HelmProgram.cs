using System.Diagnostics;
using System.Text;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Kubernetes.Charts;

/// <summary>What a chart is rendered with.</summary>
/// <param name="Chart">Its file.</param>
/// <param name="Release">The name of the release.</param>
/// <param name="Namespace">The namespace of the release.</param>
/// <param name="Values">One JSON object laid over the chart's values; may be empty.</param>
/// <param name="KubeVersion">The cluster's version, as v1.31.0.</param>
/// <param name="ApiVersions">What the cluster serves, as apps/v1 and apps/v1/Deployment.</param>
internal sealed record ChartOrder(string Chart, string Release, string Namespace, string Values, string KubeVersion, IReadOnlyList<string> ApiVersions);

/// <summary>
/// The helm program, used for nothing but rendering: a child process without a shell, in a folder of its own that goes with it,
/// which knows no cluster, no configuration and no plug-ins of anybody's, and which is killed when it takes too long.
/// </summary>
internal sealed class HelmProgram(string path, TimeSpan limit, TimeProvider clock)
{
    private const int MaxOutput = 16 << 20;
    private const int MaxErrors = 64 << 10;

    public string Path => path;

    /// <summary>The program of that path, or of the PATH; null: there is none.</summary>
    public static HelmProgram? Find(string setting, TimeSpan limit, TimeProvider clock)
    {
        var places = setting.Length > 0 ? [setting] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(p => System.IO.Path.Combine(p, "helm"));
        return places.FirstOrDefault(File.Exists) is { } found ? new(System.IO.Path.GetFullPath(found), limit, clock) : null;
    }

    /// <summary>The rendered documents as one YAML text. What the chart says against it is a refusal.</summary>
    public async Task<string> RenderAsync(ChartOrder order, string digest, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("mano-helm-");
        try
        {
            return await RunAsync(folder.FullName, order, digest, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<string> RunAsync(string folder, ChartOrder order, string digest, CancellationToken cancellationToken)
    {
        var values = System.IO.Path.Combine(folder, "values.json");
        await using (var file = new FileStream(values, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(order.Values.Length == 0 ? "{}" : order.Values), cancellationToken);
        }

        using var process = Process.Start(StartOf(folder, values, order))!;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = clock.CreateTimer(_ => ending.Cancel(), null, limit, Timeout.InfiniteTimeSpan);
        try
        {
            process.StandardInput.Close();
            var (output, errors) = (ReadAsync(process.StandardOutput.BaseStream, MaxOutput, ending.Token), ReadAsync(process.StandardError.BaseStream, MaxErrors, ending.Token));
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(ending.Token);
            return process.ExitCode == 0
                ? (await output).IsWhole ? (await output).Text : throw Refused(digest, $"it renders to more than {MaxOutput} bytes.")
                : throw Refused(digest, $"helm says: {Api.ApiFailures.OneLine((await errors).Text)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused(digest, $"rendering it took longer than {limit.TotalSeconds} s (HelmTimeout).");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private ProcessStartInfo StartOf(string folder, string values, ChartOrder order)
    {
        var start = new ProcessStartInfo(path)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in new[]
        {
            "template", order.Release, order.Chart, "--namespace", order.Namespace, "--values", values, "--kube-version", order.KubeVersion, "--include-crds", "--skip-tests",
        }.Concat(order.ApiVersions.SelectMany(v => new[] { "--api-versions", v })))
        {
            start.ArgumentList.Add(argument);
        }

        // Nothing of ours reaches it: no credentials, no proxies, no home.
        start.Environment.Clear();
        foreach (var (name, place) in new[] { ("HOME", ""), ("HELM_CACHE_HOME", "cache"), ("HELM_CONFIG_HOME", "config"), ("HELM_DATA_HOME", "data"), ("HELM_PLUGINS", "plugins"), ("TMPDIR", "") })
        {
            start.Environment[name] = System.IO.Path.Combine(folder, place);
        }

        start.Environment["KUBECONFIG"] = "/dev/null";
        start.Environment["HELM_NO_PLUGINS"] = "1";
        return start;
    }

    private static async Task<(string Text, bool IsWhole)> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        var isWhole = true;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            // Read on beyond the limit: a program that cannot write waits for ever.
            isWhole &= text.Length + read <= limit;
            if (isWhole)
            {
                text.Write(buffer, 0, read);
            }
        }

        return (Encoding.UTF8.GetString(text.ToArray()), isWhole);
    }

    private static FailureException Refused(string digest, string why) =>
        Failure.InvalidInput("VIM_CHART", $"The chart cannot be rendered: {why}", $"image/{digest}").ToException();
}
