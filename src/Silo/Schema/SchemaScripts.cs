using DbUp.Builder;
using DbUp.Engine;

namespace Connect.Silo.Schema;

/// <summary>The scripts beside this file, in the order of their numbers. A script that was released never changes: another one follows.</summary>
internal static class SchemaScripts
{
    /// <summary>The scripts of a folder: <c>PostgreSql</c> or <c>Sqlite</c>.</summary>
    public static IEnumerable<SqlScript> Of(string folder) =>
        from name in typeof(SchemaScripts).Assembly.GetManifestResourceNames()
        where name.StartsWith(folder + "/", StringComparison.Ordinal)
        orderby name
        select new SqlScript(name, Read(name));

    /// <summary>What both databases have in common: a transaction per script, texts as they are, log lines to the host's log or nowhere.</summary>
    public static UpgradeEngine Engine(UpgradeEngineBuilder builder, string folder, ILoggerFactory? logging)
    {
        builder = builder.WithScripts(Of(folder)).WithTransactionPerScript().WithVariablesDisabled();
        return (logging is null ? builder.LogToNowhere() : builder.LogTo(logging)).Build();
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(SchemaScripts).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
