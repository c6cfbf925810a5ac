namespace Connect.CrashMatrix;

/// <summary>Folders for data that need to survive a process, not the machine.</summary>
internal static class Scratch
{
    private const string Memory = "/dev/shm";

    /// <summary>A new folder, in memory where there is such a place: what a killed process has written stays there as it does on a disk.</summary>
    public static string Folder() => Directory.Exists(Memory)
        ? Directory.CreateDirectory(Path.Combine(Memory, $"credits-{Path.GetRandomFileName()}")).FullName
        : Directory.CreateTempSubdirectory("credits-").FullName;
}
