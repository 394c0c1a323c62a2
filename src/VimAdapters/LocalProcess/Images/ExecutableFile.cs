using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mano.VimAdapters.LocalProcess.Images;

/// <summary>Whether a file is one that the kernel of this machine executes.</summary>
internal static class ExecutableFile
{
    private static readonly byte[] Elf = [0x7f, (byte)'E', (byte)'L', (byte)'F'];

    /// <summary>Why it is not; null if it is.</summary>
    public static string? FaultOf(string path)
    {
        Span<byte> head = stackalloc byte[20];
        using var file = File.OpenRead(path);
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (head.StartsWith("#!"u8))
        {
            return null;
        }

        if (!head.StartsWith(Elf) || head.Length < 20)
        {
            return "It is no executable: neither an ELF binary nor a script that begins with #!.";
        }

        // Byte 5 tells the byte order; 18 and 19 are the machine.
        var machine = head[5] == 2 ? BinaryPrimitives.ReadUInt16BigEndian(head[18..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[18..]);
        var ours = RuntimeInformation.OSArchitecture switch { Architecture.X64 => 62, Architecture.Arm64 => 183, Architecture.S390x => 22, Architecture.Ppc64le => 21, _ => machine };
        return machine == ours ? null : $"It is an ELF binary for another machine (type {machine}); this one is {RuntimeInformation.OSArchitecture}, type {ours}.";
    }
}
