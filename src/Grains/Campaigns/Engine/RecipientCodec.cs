using System.Collections.Immutable;
using System.Text;
using Connect.Campaigns;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>
/// The bytes a recipient page is stored as: about 8 for a number, so that a page of 500 is some 5 KB. A version, then the count, then the rows: mark (see <see cref="Mark"/>), number
/// (or what was given, and for an unreadable row its problem), values. Version 1 had no parts in its marks and no unreadable rows.
/// </summary>
public static class RecipientCodec
{
    private const byte Version = 2;

    /// <summary>The bytes of some rows.</summary>
    public static byte[] Encode(IReadOnlyCollection<ImportedRecipient> rows)
    {
        using var bytes = new MemoryStream(16 + rows.Count * 12);
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write7BitEncodedInt(rows.Count);
            foreach (var row in rows)
            {
                writer.Write(Mark.Of(row.Status, row.Parts));
                if (HasNumber(row.Status))
                    writer.Write7BitEncodedInt64((long)row.Number);
                else
                    writer.Write(row.Given ?? "");
                if (row.Status == RecipientStatus.SkippedUnreadable)
                    writer.Write((byte)row.Problem.GetValueOrDefault());
                writer.Write7BitEncodedInt(row.Values?.Length ?? 0);
                foreach (var value in row.Values ?? [])
                    writer.Write(value ?? "");
            }
        }

        return bytes.ToArray();
    }

    /// <summary>The rows of some bytes; none for no bytes.</summary>
    public static ImmutableArray<ImportedRecipient> Decode(byte[] bytes)
    {
        if (bytes.Length == 0)
            return [];
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        if (reader.ReadByte() is var version && version is 0 or > Version)
            throw new InvalidDataException($"Recipients of version {version} can not be read.");
        var rows = new ImportedRecipient[reader.Read7BitEncodedInt()];
        for (var at = 0; at < rows.Length; at++)
        {
            var mark = reader.ReadByte();
            var status = Mark.Status(mark);
            var given = HasNumber(status) ? null : reader.ReadString();
            var number = HasNumber(status) ? (ulong)reader.Read7BitEncodedInt64() : 0;
            RowProblem? problem = status == RecipientStatus.SkippedUnreadable ? (RowProblem)reader.ReadByte() : null;
            var values = reader.Read7BitEncodedInt() is var count && count == 0 ? null : new string?[count];
            for (var field = 0; field < count; field++)
                values![field] = reader.ReadString();
            rows[at] = new() { Number = number, Given = given, Status = status, Values = values, Parts = Mark.Parts(mark), Problem = problem };
        }

        return ImmutableArray.Create(rows);
    }

    private static bool HasNumber(RecipientStatus status) => status is not (RecipientStatus.SkippedInvalidNumber or RecipientStatus.SkippedUnreadable);
}
