namespace Connect.Api.Endpoints;

/// <summary>Paths of this host that a caller names as the place to go on to; never another host.</summary>
internal static class LocalPath
{
    /// <summary>Whether it is a path of this host.</summary>
    public static bool IsLocal(string? path) =>
        path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl);

    /// <summary>The path, or "/" for anything else.</summary>
    public static string OrRoot(string? path) => IsLocal(path) ? path! : "/";
}
