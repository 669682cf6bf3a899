<?xml version="1.0" encoding="utf-8"?>
<!-- Copies the documentation except that of members of namespaces below the root, which are internal. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" encoding="utf-8" indent="no" />
  <xsl:template match="@*|node()">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()" />
    </xsl:copy>
  </xsl:template>
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Backends.')]" />
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Consent.')]" />
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Context.')]" />
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Json.')]" />
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Options.')]" />
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Pipeline.')]" />
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Platform.')]" />
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Privacy.')]" />
  <xsl:template match="member[starts-with(substring-after(@name, ':'), 'TelemetryKit.Queue.')]" />
</xsl:stylesheet>
