using System.Diagnostics;

namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>The small programs of the machine that a compute is started with; null: the machine does not have it.</summary>
internal sealed record Tools(string? SetSid, string? Unshare, string? SetPriv, string? Chroot, string? StdBuf, string? Mount, string? NsEnter)
{
    public const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public const string Shell = "/bin/sh";

    /// <summary>The tools that are in these folders; none named: in those of <see cref="Path"/>.</summary>
    public static Tools Find(IReadOnlyList<string> folders)
    {
        string? Find(string name) => (folders.Count == 0 ? Path.Split(':') : folders).Select(f => System.IO.Path.Combine(f, name)).FirstOrDefault(File.Exists);
        return new(Find("setsid"), Find("unshare"), Find("setpriv"), Find("chroot"), Find("stdbuf"), Find("mount"), Find("nsenter"));
    }

    /// <summary>Runs a program of the machine to its end, in a clean environment; says whether it ended well.</summary>
    public static bool Succeeds(string program, params IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments, new Dictionary<string, string>());
        return process.WaitForExit(TimeSpan.FromSeconds(10)) && process.ExitCode == 0;
    }

    /// <summary>Starts a program with these variables and no others, and nothing of our input and output.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Path;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new IOException($"{program} could not be started");
        process.StandardInput.Close();
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
