using System.Net;
using Connect.Silo.Gateways;
using Connect.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace Connect.Silo.Tests.Hosting;

public sealed class CreditsSettingsTests
{
    [Fact]
    public void Without_settings_it_is_embedded_on_loopback_in_the_sandbox()
    {
        var settings = Read();
        Assert.Null(settings.PostgreSql);
        Assert.Equal("/srv/app/data", settings.DataDirectory);
        Assert.Equal(IPAddress.Loopback, settings.Address);
        Assert.Null(settings.SiloPort);
        Assert.Null(settings.GatewayPort);
        Assert.True(settings.Sandbox);
    }

    [Fact]
    public void A_key_of_Stripe_ends_the_sandbox() => Assert.False(Read(("Stripe:ApiKey", "sk_live_1"), ("Messaging:Gateway", "None")).Sandbox);

    [Fact]
    public void The_sandbox_has_a_gateway_of_its_own_unless_another_is_chosen()
    {
        Assert.Equal(GatewayKind.Sandbox, Read().Gateway);
        Assert.Equal(GatewayKind.Kannel, Read(("Messaging:Gateway", "Kannel")).Gateway);
    }

    [Fact]
    public void With_real_payments_the_gateway_is_chosen_by_a_person_and_is_a_real_one()
    {
        Assert.Equal(GatewayKind.Kannel, Read(("Stripe:ApiKey", "sk_live_1"), ("Messaging:Gateway", "Kannel")).Gateway);
        foreach (var gateway in new[] { "", "Sandbox" })
        {
            var error = Assert.Throws<InvalidOperationException>(() => Read(("Stripe:ApiKey", "sk_live_1"), ("Messaging:Gateway", gateway)));
            Assert.Contains("it must be Kannel, or None while messages are to wait", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ports_and_folders_are_taken_as_given()
    {
        var settings = Read(("Silo:Port", "12000"), ("Silo:GatewayPort", "0"), ("Credits:DataDirectory", "/var/credits"));
        Assert.Equal(12000, settings.SiloPort);
        Assert.Null(settings.GatewayPort);
        Assert.Equal("/var/credits", settings.DataDirectory);
    }

    [Theory]
    [InlineData("Silo:Port", "http")]
    [InlineData("Silo:Port", "-1")]
    [InlineData("Silo:GatewayPort", "65536")]
    [InlineData("Silo:Address", "db.example")]
    [InlineData("Messaging:Gateway", "Canal")]
    [InlineData("Messaging:Gateway", "2")]
    [InlineData("Credits:PostgreSql", "Host=db")]
    [InlineData("Credits:PostgreSql", "Database=credits")]
    [InlineData("Credits:PostgreSql", "nonsense")]
    [InlineData("Credits:PostgreSql", "Host=db;Database=credits;Sslmode=perhaps")]
    public void A_wrong_setting_is_refused_by_its_name(string key, string value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read((key, value)));
        Assert.StartsWith($"The setting {key} is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_port_for_both_is_refused() => Assert.Throws<InvalidOperationException>(() => Read(("Silo:Port", "12000"), ("Silo:GatewayPort", "12000")));

    [Fact]
    public void A_password_is_not_repeated_in_the_refusal()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read(("Credits:PostgreSql", "Host=db;Password=secret;Nonsense=1;Database=credits")));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static CreditsSettings Read(params (string Key, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build(), "/srv/app");
}
