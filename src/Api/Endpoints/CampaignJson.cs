using System.Text.Json;

namespace Connect.Api.Endpoints;

/// <summary>
/// Pulls a campaign out of JSON, part by part: its members in the order in which they come, and each recipient by itself. Holds one value at a time.
/// Whatever can not be read is a <see cref="JsonException"/>, and <see cref="Field"/> then says where.
/// </summary>
/// <param name="body">The JSON, UTF-8.</param>
/// <param name="options">How its values are read.</param>
internal sealed class CampaignJson(Stream body, JsonSerializerOptions options)
{
    /// <summary>Longest recipient, name or text, in bytes of JSON.</summary>
    public const int MaxValueBytes = 256 * 1024;

    private const string ListName = "recipients";

    private byte[] _buffer = new byte[16 * 1024];
    private int _from;
    private int _to;
    private bool _isAll;
    private bool _isStarted;
    private JsonReaderState _state;
    private Place _place;
    private string? _member;
    private int _row;

    /// <summary>What was found.</summary>
    public enum Part
    {
        /// <summary>One of <see cref="Name"/>, <see cref="Text"/> and <see cref="ScheduledAt"/>.</summary>
        Member,

        /// <summary>The list of recipients begins.</summary>
        List,

        /// <summary>One of them: <see cref="Recipient"/>.</summary>
        Row,

        /// <summary>There is no more.</summary>
        End,
    }

    private enum Place
    {
        Start,
        Members,
        Skipped,
        Rows,
        End,
    }

    /// <summary>The name, once it has come.</summary>
    public string? Name { get; private set; }

    /// <summary>The text, once it has come.</summary>
    public string? Text { get; private set; }

    /// <summary>When to send, once it has come.</summary>
    public DateTimeOffset? ScheduledAt { get; private set; }

    /// <summary>The recipient that came last.</summary>
    public RecipientRequest? Recipient { get; private set; }

    /// <summary>The member or row that is being read; null between them.</summary>
    public string? Field => _place == Place.Rows ? $"{ListName}[{_row}]" : _member;

    /// <summary>The next part.</summary>
    public async ValueTask<Part> Next(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_isStarted && TryNext() is { } part)
                return part;
            await Fill(cancellationToken);
        }
    }

    // Null when the buffer holds less than the next part; what was passed over on the way is not looked at again.
    private Part? TryNext()
    {
        while (true)
        {
            var before = _from;
            var reader = new Utf8JsonReader(_buffer.AsSpan(_from, _to - _from), _isAll, _state);
            switch (_place)
            {
                case Place.Start when reader.Read():
                    if (reader.TokenType != JsonTokenType.StartObject)
                        throw new JsonException();
                    Pass(reader, Place.Members);
                    continue;
                case Place.Members when reader.Read():
                    if (reader.TokenType == JsonTokenType.EndObject)
                        Pass(reader, Place.End);
                    else if (Member(reader, out var found))
                        return found;
                    else if (_from == before)
                        return null;
                    continue;
                case Place.Skipped when reader.Read():
                    Pass(reader, reader.CurrentDepth == 1 ? Place.Members : Place.Skipped);
                    continue;
                case Place.Rows when reader.Read():
                    if (reader.TokenType == JsonTokenType.EndArray)
                    {
                        Pass(reader, Place.Members);
                        continue;
                    }

                    return Row(reader);
                case Place.End when !reader.Read() && _isAll:
                    return Part.End;
                default:
                    return null;
            }
        }
    }

    // False when the value is not all there, or was passed over.
    private bool Member(Utf8JsonReader reader, out Part part)
    {
        part = Part.Member;
        var name = NameOf(reader);
        if (!reader.Read())
            return false;
        if (Is(name, ListName))
        {
            _member = ListName;
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException();
            part = Part.List;
            _member = null;
            Pass(reader, Place.Rows);
            return true;
        }

        if (!Is(name, nameof(Name)) && !Is(name, nameof(Text)) && !Is(name, nameof(ScheduledAt)))
        {
            Pass(reader, reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? Place.Skipped : Place.Members);
            return false;
        }

        _member = JsonNamingPolicy.CamelCase.ConvertName(name);
        var start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
            return false;
        var value = _buffer.AsSpan(_from + start, (int)reader.BytesConsumed - start);
        if (Is(name, nameof(Name)))
            Name = Value<string>(value);
        else if (Is(name, nameof(Text)))
            Text = Value<string>(value);
        else
            ScheduledAt = Value<DateTimeOffset?>(value);
        _member = null;
        Pass(reader, Place.Members);
        return true;
    }

    private Part? Row(Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
            return null;
        Recipient = Value<RecipientRequest>(_buffer.AsSpan(_from + start, (int)reader.BytesConsumed - start));
        _row++;
        Pass(reader, Place.Rows);
        return Part.Row;
    }

    private T? Value<T>(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(value, options);
        }
        catch (JsonException)
        {
            // Its line is counted from the value's beginning.
            throw new JsonException();
        }
    }

    private static string NameOf(Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no text.
            throw new JsonException();
        }
    }

    private void Pass(Utf8JsonReader reader, Place place)
    {
        (_from, _state, _place) = (_from + (int)reader.BytesConsumed, reader.CurrentState, place);
    }

    private async ValueTask Fill(CancellationToken cancellationToken)
    {
        if (_isAll)
            throw new JsonException();
        _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
        (_from, _to) = (0, _to - _from);
        if (_to == _buffer.Length)
        {
            if (_to >= MaxValueBytes)
                throw new JsonException();
            Array.Resize(ref _buffer, 2 * _to);
        }

        var read = await body.ReadAtLeastAsync(_buffer.AsMemory(_to), 1, throwOnEndOfStream: false, cancellationToken);
        (_to, _isAll) = (_to + read, read == 0);
        if (_isStarted)
            return;
        // A mark that says UTF-8 is three bytes; they may come one by one.
        _isStarted = _to >= 3 || _isAll;
        if (_isStarted && _buffer.AsSpan(0, _to).StartsWith("\uFEFF"u8))
            _from = 3;
    }

    private static bool Is(string? name, string member) => string.Equals(name, member, StringComparison.OrdinalIgnoreCase);
}
