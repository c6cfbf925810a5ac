using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Connect.Messaging;

namespace Connect.Silo.Gateways.Kannel;

/// <summary>
/// Names a message in the address that its delivery reports go to, signed, so that only who was given the address can report about it. Letters, digits, <c>-</c> and <c>_</c> only: Kannel
/// replaces what follows a percent sign.
/// </summary>
public sealed record DeliveryTicket
{
    private const int MacBytes = 16;
    private const int MaxLength = 2_000;

    /// <summary>The account that pays.</summary>
    public required string AccountId { get; init; }

    /// <summary>What sent the message.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>The campaign, or the flow of an automation.</summary>
    public required string CampaignId { get; init; }

    /// <summary>The message's own id.</summary>
    public required string MessageId { get; init; }

    /// <summary>Writes it, signed with a secret.</summary>
    public string Sign(string secret)
    {
        // The message's id begins with the campaign's, as a rule; it is then not said twice.
        var own = MessageId.StartsWith(CampaignId + ":", StringComparison.Ordinal) ? MessageId[CampaignId.Length..] : $"={MessageId}";
        var payload = Encoding.UTF8.GetBytes($"{(Kind == MessageKind.Campaign ? 'c' : 'a')}{AccountId}\n{CampaignId}\n{own}");
        var signed = new byte[payload.Length + MacBytes];
        payload.CopyTo(signed.AsSpan());
        Mac(secret, payload).CopyTo(signed.AsSpan(payload.Length));
        return Base64Url.EncodeToString(signed);
    }

    /// <summary>Reads one; null when it was not signed with this secret.</summary>
    public static DeliveryTicket? Read(string? text, string secret)
    {
        if (text is null or { Length: 0 or > MaxLength } || !Base64Url.IsValid(text))
            return null;
        var signed = Base64Url.DecodeFromChars(text);
        if (signed.Length <= MacBytes)
            return null;
        var payload = signed.AsSpan(0, signed.Length - MacBytes);
        if (!CryptographicOperations.FixedTimeEquals(Mac(secret, payload), signed.AsSpan(payload.Length)))
            return null;
        var words = Encoding.UTF8.GetString(payload).Split('\n', 3);
        var (account, campaign, own) = (words[0], words[1], words[2]);
        return new()
        {
            Kind = account[0] == 'c' ? MessageKind.Campaign : MessageKind.Automation,
            AccountId = account[1..],
            CampaignId = campaign,
            MessageId = own[0] == ':' ? campaign + own : own[1..],
        };
    }

    private static byte[] Mac(string secret, ReadOnlySpan<byte> payload) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), payload)[..MacBytes];
}
