using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Connect.Grains.Messaging;
using Microsoft.Win32.SafeHandles;

namespace Connect.Sandbox.Sms;

/// <summary>The accepted messages: a JSON object a line, in a file for each process that accepted any (<c>sms-000001.jsonl</c> and so on).</summary>
internal sealed class SmsFiles(string directory) : IDisposable
{
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly JsonEncodedText AccountId = JsonEncodedText.Encode("accountId");
    private static readonly JsonEncodedText CampaignId = JsonEncodedText.Encode("campaignId");
    private static readonly JsonEncodedText MessageId = JsonEncodedText.Encode("messageId");
    private static readonly JsonEncodedText To = JsonEncodedText.Encode("to");
    private static readonly JsonEncodedText Text = JsonEncodedText.Encode("text");
    private static readonly JsonEncodedText Parts = JsonEncodedText.Encode("parts");
    private static readonly JsonEncodedText At = JsonEncodedText.Encode("at");
    private static readonly JsonEncodedText Kind = JsonEncodedText.Encode("kind");
    private static readonly JsonEncodedText From = JsonEncodedText.Encode("from");

    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Utf8JsonWriter _json = new(Stream.Null, new() { Encoder = Encoder, SkipValidation = true });
    private SafeFileHandle? _file;
    private string? _path;
    private long _length;

    /// <summary>Appends a message; it is with the operating system on return.</summary>
    public void Append(in SmsMessage message, DateTimeOffset at)
    {
        lock (_gate)
        {
            _line.ResetWrittenCount();
            _json.Reset(_line);
            _json.WriteStartObject();
            _json.WriteString(AccountId, message.AccountId);
            _json.WriteString(CampaignId, message.CampaignId);
            _json.WriteString(MessageId, message.MessageId);
            _json.WriteString(To, message.To);
            _json.WriteString(Text, message.Text);
            _json.WriteNumber(Parts, message.Parts);
            _json.WriteString(At, at);
            if (message.Kind != default)
                _json.WriteNumber(Kind, (int)message.Kind);
            if (message.From is not null)
                _json.WriteString(From, message.From);
            _json.WriteEndObject();
            _json.Flush();
            _line.Write("\n"u8);
            _file ??= Create();
            // At a stated offset: what a failed write left behind is overwritten by the next.
            RandomAccess.Write(_file, _line.WrittenSpan, _length);
            Interlocked.Add(ref _length, _line.WrittenCount);
        }
    }

    /// <summary>Bytes that this process wrote.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>What this process accepted, from an offset in its file on, at most <paramref name="limit"/>; and where each of them ends there.</summary>
    public (List<SandboxSms> Messages, List<long> Ends) Read(long from, int limit)
    {
        var (messages, ends) = (new List<SandboxSms>(), new List<long>());
        var length = Length;
        if (_path is null || from >= length)
            return (messages, ends);
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length - from, 1 << 19));
        var filled = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(length - from, buffer.Length)), from);
        var start = 0;
        while (messages.Count < limit && buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is var size && size >= 0)
        {
            messages.Add(JsonSerializer.Deserialize<SandboxSms>(buffer.AsSpan(start, size), Json)!);
            start += size + 1;
            ends.Add(from + start);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return (messages, ends);
    }

    /// <summary>Reads the files of all processes; holds only what it returns.</summary>
    public SandboxSmsPage List(string? campaignId, string? accountId, int skip, int limit, CancellationToken cancellationToken)
    {
        var campaign = Property(CampaignId, campaignId);
        var account = Property(AccountId, accountId);
        var messages = ImmutableArray.CreateBuilder<SandboxSms>();
        long total = 0, parts = 0;
        foreach (var path in Directory.EnumerateFiles(directory, "sms-*.jsonl").Order(StringComparer.Ordinal))
        {
            ReadLines(path, line =>
            {
                if (line.IndexOf(campaign) < 0 || line.IndexOf(account) < 0)
                    return;
                var message = JsonSerializer.Deserialize<SandboxSms>(line, Json)!;
                // A text may contain what looks like the property.
                if ((campaignId ?? message.CampaignId) != message.CampaignId || (accountId ?? message.AccountId) != message.AccountId)
                    return;
                if (total++ >= skip && messages.Count < limit)
                    messages.Add(message);
                parts += message.Parts;
            }, cancellationToken);
        }

        return new() { Messages = messages.ToImmutable(), Total = total, TotalParts = parts };
    }

    /// <summary>Closes the file of this process.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _json.Dispose();
        }
    }

    private static byte[] Property(JsonEncodedText name, string? value) =>
        value is null ? [] : [(byte)'"', .. name.EncodedUtf8Bytes, .. "\":\""u8, .. JsonEncodedText.Encode(value, Encoder).EncodedUtf8Bytes, (byte)'"'];

    // What stands behind the last line end is being written, or was when its process died.
    private static void ReadLines(string path, ReadOnlySpanAction read, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        var buffer = new byte[1 << 18];
        var filled = 0;
        while (file.Read(buffer, filled, buffer.Length - filled) is var count && count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            filled += count;
            var start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is var length && length >= 0)
            {
                read(buffer.AsSpan(start, length));
                start += length + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    // The next free number; two processes never get the same.
    private SafeFileHandle Create()
    {
        for (var number = Directory.GetFiles(directory, "sms-*.jsonl").Length + 1; ; number++)
        {
            var path = Path.Combine(directory, $"sms-{number:D6}.jsonl");
            try
            {
                var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
                _path = path;
                return file;
            }
            catch (IOException) when (File.Exists(path))
            {
                continue;
            }
        }
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> line);
}
