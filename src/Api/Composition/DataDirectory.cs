namespace Connect.Api.Composition;

/// <summary>Where this host keeps files: the embedded data, the sandbox's state, the keys it made.</summary>
public static class DataDirectory
{
    /// <summary>Configuration key of the directory.</summary>
    public const string Setting = "Credits:DataDirectory";

    /// <summary>The directory, made if it is missing.</summary>
    public static string Of(IConfiguration configuration) =>
        Directory.CreateDirectory(configuration[Setting] ?? throw new InvalidOperationException($"{Setting} is not set.")).FullName;
}
