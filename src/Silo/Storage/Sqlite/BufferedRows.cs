using System.Collections;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Connect.Silo.Storage.Sqlite;

/// <summary>The rows of a writing statement, kept until its transaction is durable. SQLite knows integers, reals, texts and blobs; getters convert as its own reader does.</summary>
internal sealed class BufferedRows : DbDataReader
{
    private readonly string[] names;
    private readonly List<object[]> rows;
    private int at = -1;

    private BufferedRows(string[] names, List<object[]> rows, int affected) => (this.names, this.rows, RecordsAffected) = (names, rows, affected);

    /// <inheritdoc/>
    public override int RecordsAffected { get; }

    /// <inheritdoc/>
    public override int FieldCount => names.Length;

    /// <inheritdoc/>
    public override bool HasRows => rows.Count > 0;

    /// <inheritdoc/>
    public override bool IsClosed => false;

    /// <inheritdoc/>
    public override int Depth => 0;

    /// <inheritdoc/>
    public override object this[int ordinal] => GetValue(ordinal);

    /// <inheritdoc/>
    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <summary>Reads the first result to its end.</summary>
    public static BufferedRows Of(SqliteDataReader reader)
    {
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[names.Length];
            reader.GetValues(row);
            rows.Add(row);
        }

        // Only now it has counted what RETURNING statements changed.
        reader.Close();
        return new(names, rows, reader.RecordsAffected);
    }

    /// <inheritdoc/>
    public override bool Read() => ++at < rows.Count;

    /// <inheritdoc/>
    public override bool NextResult() => false;

    /// <inheritdoc/>
    public override object GetValue(int ordinal) => rows[at][ordinal];

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => GetValue(ordinal) is DBNull;

    /// <inheritdoc/>
    public override string GetName(int ordinal) => names[ordinal];

    /// <inheritdoc/>
    public override int GetOrdinal(string name) => Array.FindIndex(names, known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var ordinal
        ? ordinal
        : throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such column.");

    /// <inheritdoc/>
    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, names.Length);
        Array.Copy(rows[at], values, count);
        return count;
    }

    /// <inheritdoc/>
    public override Type GetFieldType(int ordinal) => at >= 0 && at < rows.Count ? GetValue(ordinal).GetType() : typeof(object);

    /// <inheritdoc/>
    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;

    /// <inheritdoc/>
    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => Convert.ToInt64(GetValue(ordinal), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => Convert.ToDouble(GetValue(ordinal), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal) => Convert.ToDecimal(GetValue(ordinal), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string GetString(int ordinal) => Convert.ToString(GetValue(ordinal), CultureInfo.InvariantCulture)!;

    /// <inheritdoc/>
    public override char GetChar(int ordinal) => GetString(ordinal)[0];

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) => Guid.Parse(GetString(ordinal));

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => DateTime.Parse(GetString(ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <inheritdoc/>
    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw Unbuffered();

    /// <inheritdoc/>
    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw Unbuffered();

    /// <inheritdoc/>
    public override IEnumerator GetEnumerator() => new DbEnumerator(this);

    private static NotSupportedException Unbuffered() => new("A statement that writes answers with numbers and short texts.");
}
