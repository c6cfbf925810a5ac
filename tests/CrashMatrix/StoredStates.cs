using System.Data.Common;
using System.Text.Json;

namespace Connect.CrashMatrix;

/// <summary>Grain states in the program's database, read past the program, over an open connection.</summary>
internal static class StoredStates
{
    /// <summary>The states of some kinds: key and content.</summary>
    public static async IAsyncEnumerable<(string Key, JsonElement State)> Read(DbConnection connection, params string[] kinds)
    {
        foreach (var kind in kinds)
        {
            await foreach (var row in Rows(connection, $"SELECT grain_id_extension, payload FROM orleans_storage WHERE grain_type = '{kind}' AND payload IS NOT NULL"))
                yield return (row.GetString(0), JsonDocument.Parse((byte[])row[1]).RootElement);
        }
    }

    /// <summary>The rows of a query.</summary>
    public static async IAsyncEnumerable<DbDataReader> Rows(DbConnection connection, string query)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            yield return reader;
    }
}
