using System.Globalization;
using System.Runtime.InteropServices;

namespace Mano.MecPlatform.Dns.Dnsmasq;

/// <summary>
/// Tells a running dnsmasq to read everything again (SIGHUP). Since 2.88 it follows its folder by itself; before that it does not
/// forget the names of a file that went or shrank.
/// </summary>
internal static class DnsmasqSignal
{
    private const int Hangup = 1;

    /// <summary>Says why it could not be told; null: it was.</summary>
    public static string? ReadAgain(string pidFile)
    {
        try
        {
            var text = File.ReadAllText(pidFile).Trim();
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid < 2)
            {
                return $"--dnsmasq-pid-file {pidFile} holds '{text}', which is no process id";
            }

            // The file of a dnsmasq that crashed may name whatever got its number since.
            var program = File.ReadAllText($"/proc/{pid}/comm").Trim();
            return program != "dnsmasq" ? $"--dnsmasq-pid-file {pidFile} names process {pid}, which is {program} and not dnsmasq"
                : Kill(pid, Hangup) != 0 ? $"process {pid} of --dnsmasq-pid-file {pidFile} may not be signalled: {Marshal.GetLastPInvokeErrorMessage()}"
                : null;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return $"--dnsmasq-pid-file {pidFile}: {wrong.Message}";
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
