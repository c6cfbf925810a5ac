using Connect.Grains.Messaging;
using Connect.Silo.Gateways.Kannel;
using Connect.Testing;
using Microsoft.Extensions.Options;

namespace Connect.Kannel.Tests.Support;

/// <summary>Settings as an operator would write them.</summary>
internal static class TestOptions
{
    public const string Secret = "a secret that nobody may see";

    public static KannelOptions For(Uri url) => new()
    {
        Url = url.ToString(),
        User = KannelServer.User,
        Password = KannelServer.Password,
        Sender = "The Anchor",
        MaxMessages = 4,
        CallbackUrl = "http://127.0.0.1:9",
        CallbackSecret = Secret,
    };

    public static KannelGateway Gateway(KannelOptions options, TimeProvider? time = null, LogList? log = null) =>
        new(Options.Create(options), new(time ?? TimeProvider.System, (log ?? new()).Of<KannelState>()), time ?? TimeProvider.System, (log ?? new()).Of<KannelGateway>());

    public static SmsMessage Message(string to, string text, string id = "spring:7", string? from = null) =>
        new() { AccountId = "harbour", CampaignId = "spring", MessageId = id, To = to, Text = text, Parts = PartCounter.Parts(text, PartRule.Flat), From = from };
}
