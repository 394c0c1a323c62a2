using System.Runtime.Versioning;

// mano runs on Linux: namespaces, cgroups and the whole of 127/8 on loopback are its ground.
[assembly: SupportedOSPlatform("linux")]
