using System.Diagnostics;

namespace Mano.Testing;

/// <summary>
/// A shell script that a test makes to have it run. Another process writes it: whoever was forked here meanwhile would have it open
/// for writing still, and nobody could execute it ("Text file busy").
/// </summary>
public static class ScriptFile
{
    /// <param name="file">Where; only its owner may read and execute it.</param>
    /// <param name="body">Its lines, without the first.</param>
    public static void Write(string file, string body)
    {
        using var writing = Process.Start("/bin/sh", ["-c", "rm -f \"$0\" && printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod 500 \"$0\"", file, body]);
        writing.WaitForExit();
        if (writing.ExitCode != 0)
        {
            throw new IOException($"{file} cannot be written: sh ended with {writing.ExitCode}.");
        }
    }
}
