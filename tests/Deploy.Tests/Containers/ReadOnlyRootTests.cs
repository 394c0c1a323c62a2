using System.Text.Json;
using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Deploy.Tests.Containers;

/// <summary>
/// What the image would hold, run as the image would be run: published, its whole file system read-only but for the data
/// folder and a /tmp of its own, as user 1654 with no capability and no way to gain one.
/// </summary>
public sealed class ReadOnlyRootTests
{
    private const string Confine = """
        set -e
        mount --make-rprivate /
        mount --bind "$1" "$1"
        for point in $(awk '{print $2}' /proc/self/mounts | sort -r); do
          case $point in "$1"|/proc*|/dev*|/sys*) ;; *) mount -o remount,bind,ro "$point" 2>/dev/null || true ;; esac
        done
        mount -o remount,bind,rw "$1"
        cd "$2"; shift 2
        exec setpriv --reuid 1654 --regid 1654 --clear-groups --no-new-privs --bounding-set -all --inh-caps -all "$@"
        """;

    public static TheoryData<string, string[]> Daemons => new()
    {
        { "meo", [] },
        { "platform", [] },
        { "mepm", ["--data=/data", "--grpc=0.0.0.0:7411", "--http=0.0.0.0:7412", "--site=edge-a", "--host=id=edge-a-1,zone=a,vim=LocalProcess,platform=http://127.0.0.1:9,vim.Folder=/data/vim"] },
    };

    [RootTheory]
    [Trait("Speed", "Slow")]
    [MemberData(nameof(Daemons))]
    public async Task The_published_program_is_ready_and_healthy_as_nobody_on_a_read_only_file_system(string image, string[] arguments)
    {
        var file = ContainerFile.Read(image);
        using var folder = new TempFolder();
        Publish(file, folder.File("app"));
        Assert.True(File.Exists(folder.File("app", file.Entrypoint[1])), $"publish made no {file.Entrypoint[1]}");
        Directory.CreateDirectory(folder.File("data"));
        Shell.Run("chown", "1654:1654", folder.File("data"));
        Shell.Run("chmod", "755", folder.FullPath);

        var command = (arguments.Length > 0 ? arguments : file.Command).Select(a => a.Replace("/data", folder.File("data"), StringComparison.Ordinal))
            .Select(a => Regex.Replace(a, @"0\.0\.0\.0:\d+$", "127.0.0.1:0"));
        await using var process = ChildProcess.Start(
            "unshare", ["--mount", "sh", "-c", Confine, "sh", folder.File("data"), folder.File("app"), .. file.Entrypoint, .. command],
            new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "0", ["HOME"] = "/nonexistent", ["ASPNETCORE_HTTP_PORTS"] = "8080" });
        await Eventually.Is(() => !process.Output.IsEmpty || process.HasExited, "the ready line");
        Assert.True(!process.Output.IsEmpty, string.Join('\n', process.Errors));
        using var ready = JsonDocument.Parse(process.Output.First());
        using var http = new HttpClient();
        var health = await http.GetStringAsync(new Uri($"{ready.RootElement.GetProperty("http").GetString()}/health"));
        Assert.Contains("SERVING", health, StringComparison.Ordinal);
        Assert.Equal(1654, UserOf(process.Id));
        Assert.True(!process.Errors.Any(e => e.Contains(" fail: ", StringComparison.Ordinal) || e.Contains(" crit: ", StringComparison.Ordinal)), string.Join('\n', process.Errors));
        Assert.NotEmpty(Directory.EnumerateFiles(folder.File("data"), "*.db", SearchOption.AllDirectories));
    }

    /// <summary>The very line of the container file, but for compiling again.</summary>
    private static void Publish(ContainerFile file, string output)
    {
        var line = file.Lines.First(l => l.Instruction == "RUN" && l.Text.StartsWith("dotnet publish ", StringComparison.Ordinal)).Text.Split(' ')[1..];
        var arguments = line.Select(a => a.StartsWith("src/", StringComparison.Ordinal) ? Path.Combine(Repository.Folder, a) : a)
            .Select(a => a == "/out" ? output : a == "Release" ? Programs.Configuration : a);
        var (code, said, errors) = Shell.Run("dotnet", [.. arguments, "--no-build", "-nodeReuse:false"]);
        Assert.True(code == 0, said + errors);
    }

    private static int UserOf(int pid) => int.Parse(
        File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A test that only root may run: it makes a mount namespace and becomes another user. Otherwise it is reported as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = Why()!;

    private static string? Why()
    {
        if (Environment.UserName != "root")
        {
            return "needs root, to make a read-only file system for one process";
        }

        try
        {
            return Shell.Run("unshare", "--mount", "true").Code == 0 ? null : "this machine does not let root make a mount namespace";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "needs util-linux (unshare, setpriv)";
        }
    }
}
